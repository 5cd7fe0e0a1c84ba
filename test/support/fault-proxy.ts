import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'

/**
 * What a proxy does to a request: `cut` it before the server sees it, lose the answer (`lost`), or answer in the
 * server's place.
 */
export type Fault = 'cut' | 'lost' | 'unavailable' | 'throttled' | 'internal'

/** An HTTP server in front of an API server, which spoils one request. */
export interface FaultProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Requests seen since the last `arm`. */
  seen(): number
  /** From now on, the request number `index` (from 0) meets the fault; undefined: none does. */
  arm(index: number, fault: Fault | undefined): void
  close(): Promise<void>
}

const ANSWERS: Readonly<Record<string, { readonly status: number; readonly headers: Record<string, string> }>> = {
  unavailable: { status: 503, headers: {} },
  throttled: { status: 429, headers: { 'retry-after': '1' } },
  internal: { status: 500, headers: {} },
}

/** Starts a proxy to the API server at `target`; its certificate is not checked. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false })
  let count = 0
  let armed: { readonly index: number; readonly fault: Fault | undefined } = { index: -1, fault: undefined }
  const server = http.createServer((request, response) => {
    const fault = count++ === armed.index ? armed.fault : undefined
    const answer = fault === undefined ? undefined : ANSWERS[fault]
    if (fault === 'cut') {
      request.socket.destroy()
      return
    }
    if (answer !== undefined) {
      request.resume()
      response.writeHead(answer.status, { ...answer.headers, 'content-type': 'text/plain' }).end('spoiled')
      return
    }
    const { host: _host, ...headers } = request.headers
    const forwarded = https.request(
      target + (request.url ?? ''),
      { method: request.method, headers, agent },
      (reply) => {
        if (fault === 'lost') {
          reply.resume()
          reply.on('end', () => request.socket.destroy())
          return
        }
        response.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.pipe(response)
        response.on('close', () => reply.destroy())
      },
    )
    forwarded.on('error', () => request.socket.destroy())
    request.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => count,
    arm(index, fault) {
      count = 0
      armed = { index, fault }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      agent.destroy()
    },
  }
}
