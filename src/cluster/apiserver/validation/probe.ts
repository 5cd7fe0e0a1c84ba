import {
  headerNameProblems,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  portNameProblems,
  portNumberProblems,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, invalid, invalidEach, nonNegative, notSupported, required } from './findings.ts'

/** Checks a port given by number or name. */
export function validatePort(port: unknown, field: string): Findings {
  if (typeof port === 'string') return invalidEach(field, port, portNameProblems(port))
  return invalidEach(field, port ?? 0, portNumberProblems(Number(port ?? 0)))
}

/** Checks what a probe or a lifecycle hook does: exactly one kind of action. */
function validateHandler(handler: JsonObject, field: string, gracePeriod: number | undefined): Findings {
  const out: Findings = []
  let count = 0
  const one = (key: string, check: (action: JsonObject, at: string) => Findings): void => {
    const action = objectAt(handler, key)
    if (!action) return
    if (count > 0) out.push(forbidden(`${field}.${key}`, 'may not specify more than 1 handler type'))
    else {
      count++
      out.push(...check(action, `${field}.${key}`))
    }
  }
  one('exec', (action, at) => (stringsAt(action, 'command').length === 0 ? [required(`${at}.command`)] : []))
  one('httpGet', validateHttpGet)
  one('tcpSocket', (action, at) => validatePort(valueAt(action, 'port'), `${at}.port`))
  one('grpc', (action, at) => validatePort(valueAt(action, 'port'), `${at}.port`))
  one('sleep', (action, at) => {
    const seconds = numberAt(action, 'seconds') ?? 0
    if (gracePeriod === undefined || (seconds >= 0 && seconds <= gracePeriod)) return []
    const text = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`
    return [invalid(at, seconds, text)]
  })
  if (count === 0) out.push(required(field, 'must specify a handler type'))
  return out
}

function validateHttpGet(action: JsonObject, field: string): Findings {
  const out: Findings = []
  if (stringAt(action, 'path') === '') out.push(required(`${field}.path`))
  out.push(...validatePort(valueAt(action, 'port'), `${field}.port`))
  const scheme = stringAt(action, 'scheme')
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') out.push(notSupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']))
  for (const header of listAt(action, 'httpHeaders')) {
    const name = stringAt(header, 'name')
    out.push(...invalidEach(`${field}.httpHeaders`, name, headerNameProblems(name)))
  }
  return out
}

const NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']

/** Checks a probe; `once` for probes that succeed with one success. */
export function validateProbe(
  probe: JsonObject | undefined,
  field: string,
  gracePeriod: number | undefined,
  once: boolean,
): Findings {
  if (!probe) return []
  const out = validateHandler(probe, field, gracePeriod)
  for (const key of NUMBERS) out.push(...nonNegative(`${field}.${key}`, numberAt(probe, key)))
  const grace = numberAt(probe, 'terminationGracePeriodSeconds')
  if (grace !== undefined && grace <= 0) {
    out.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'))
  }
  if (!once && grace !== undefined) {
    out.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'))
  }
  const successes = numberAt(probe, 'successThreshold') ?? 0
  if (once && successes !== 1) out.push(invalid(`${field}.successThreshold`, successes, 'must be 1'))
  return out
}

/** What the hooks of a container are checked against. */
export interface LifecycleContext {
  readonly gracePeriod: number | undefined
  readonly os: string | undefined
}

/** Checks the hooks of a container. */
export function validateLifecycle(
  lifecycle: JsonObject | undefined,
  field: string,
  context: LifecycleContext,
): Findings {
  return ['postStart', 'preStop'].flatMap((key) => {
    const handler = objectAt(lifecycle, key)
    return handler ? validateHandler(handler, `${field}.${key}`, context.gracePeriod) : []
  })
}
