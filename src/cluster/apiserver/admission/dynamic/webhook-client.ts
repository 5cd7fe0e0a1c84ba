import https from 'node:https'
import { isIP } from 'node:net'
import { type JsonObject, numberAt, objectAt, stringAt } from '../../../../api/index.ts'
import type { Store } from '../../../store/index.ts'
import { connectionErrorText } from '../../connection-error.ts'
import { resolveService } from '../../service-target.ts'

/** A call to a webhook that did not come through; the message is Go's. */
export class WebhookCallError extends Error {}

/** Where a webhook is reached. */
interface Target {
  /** As it is shown in errors. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly path: string
  /** Name that the certificate has to be for. */
  readonly serverName: string
}

const DEFAULT_TIMEOUT_SECONDS = 10

/** Sends a review to the webhook of a client config and gives the answer. Throws WebhookCallError. */
export async function callWebhook(
  store: Store,
  config: JsonObject | undefined,
  body: JsonObject,
  timeoutSeconds = DEFAULT_TIMEOUT_SECONDS,
): Promise<JsonObject> {
  const target = targetOf(store, config, timeoutSeconds)
  const bundle = stringAt(config, 'caBundle')
  const answer = await post(target, JSON.stringify(body), {
    timeoutMs: timeoutSeconds * 1000,
    ...(bundle !== '' && { ca: Buffer.from(bundle, 'base64').toString() }),
  })
  if (answer.status < 200 || answer.status > 299) throw new WebhookCallError(statusText(answer.status, answer.body))
  try {
    return JSON.parse(answer.body) as JsonObject
  } catch {
    const type =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    const why = `json: cannot unmarshal string into Go value of type ${type}`
    throw new WebhookCallError(`couldn't get version/kind; json parse error: ${why}`)
  }
}

function targetOf(store: Store, config: JsonObject | undefined, timeoutSeconds: number): Target {
  const service = objectAt(config, 'service')
  if (service !== undefined) return serviceTarget(store, service, timeoutSeconds)
  const url = new URL(stringAt(config, 'url'))
  url.searchParams.set('timeout', `${timeoutSeconds}s`)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? 443 : Number(url.port)
  return { url: url.href, host, port, path: url.pathname + url.search, serverName: host }
}

/** A Service is reached at one of its endpoints, when that is not a simulated pod. */
function serviceTarget(store: Store, service: JsonObject, timeoutSeconds: number): Target {
  const [namespace, name] = [stringAt(service, 'namespace'), stringAt(service, 'name')]
  const port = numberAt(service, 'port') ?? 443
  const path = stringAt(service, 'path') || '/'
  const serverName = `${name}.${namespace}.svc`
  const url = `https://${serverName}:${port}${path}?timeout=${timeoutSeconds}s`
  const fail = (why: string): WebhookCallError => new WebhookCallError(`Post ${JSON.stringify(url)}: ${why}`)
  const target = resolveService(store, { namespace, name, port })
  if (typeof target === 'string') throw fail(target)
  if (target.simulated) throw fail(`dial tcp ${target.host}:${target.port}: connect: connection refused`)
  return { url, host: target.host, port: target.port, path: `${path}?timeout=${timeoutSeconds}s`, serverName }
}

interface Answer {
  readonly status: number
  readonly body: string
}

const BROKEN_OFF = 'unexpected error when reading response body. Please retry. Original error'

function post(target: Target, body: string, options: { ca?: string; timeoutMs: number }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new WebhookCallError(`Post ${JSON.stringify(target.url)}: ${why}`))
    }
    const request = https.request(
      {
        method: 'POST',
        host: target.host,
        port: target.port,
        path: target.path,
        agent: false,
        headers: { 'content-type': 'application/json', accept: 'application/json', host: target.serverName },
        ...(isIP(target.serverName) === 0 && { servername: target.serverName }),
        ...(options.ca !== undefined && { ca: options.ca }),
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('close', () => {
          clearTimeout(timer)
          if (response.complete) resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() })
          else reject(new WebhookCallError(`${BROKEN_OFF}: unexpected EOF`))
        })
      },
    )
    const timer = setTimeout(() => {
      fail('context deadline exceeded')
      request.destroy()
    }, options.timeoutMs)
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      fail(connectionErrorText(error, target))
    })
    request.end(body)
  })
}

function statusText(status: number, body: string): string {
  switch (status) {
    case 404:
      return 'the server could not find the requested resource'
    case 400:
    case 422:
      return 'the server rejected our request for an unknown reason'
    case 401:
      return 'the server has asked for the client to provide credentials'
    case 403:
      return 'forbidden'
    case 405:
      return 'the server does not allow this method on the requested resource'
    case 503:
      return 'the server is currently unable to handle the request'
    default: {
      if (status < 500) return 'the server rejected our request for an unknown reason'
      const shown = body.trim().slice(0, 2048)
      return `an error on the server (${JSON.stringify(shown === '' ? 'unknown' : shown)}) has prevented the request from succeeding`
    }
  }
}
