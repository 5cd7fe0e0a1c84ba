import { type KubeObject, SIMULATION_CONFIG } from '../api/index.ts'
import { type AdjustableClock, type Clock, type Random, randomInt } from '../base/index.ts'
import type { ApiHandler, ServerRequest, ServerResponse } from './apiserver/index.ts'
import type { Store } from './store/index.ts'

const KEY = `core/configmaps/${SIMULATION_CONFIG.namespace}/${SIMULATION_CONFIG.name}`
const PATH = `/api/v1/namespaces/${SIMULATION_CONFIG.namespace}/configmaps`
/** Requests that are never slowed or failed: the way out must stay open. */
const SPARED = /^\/(?:healthz|livez|readyz|version)/

interface ApiFaults {
  readonly latencyMs: number
  /** Share of requests that fail, from 0 to 1. */
  readonly share: number
  readonly status: number
}

/** Steers a cluster from outside of its objects: its clock, and how well its API answers. */
export interface SimulationControl {
  /** Slows and fails requests as the configuration says. */
  wrap(handler: ApiHandler): ApiHandler
  /** Resolves when the clock is where the configuration that was found at the start says. */
  readonly ready: Promise<void>
  stop(): void
}

/**
 * Follows the simulation's ConfigMap: `clock-ahead` (a duration; the clock leaps there), `api-latency` (a duration),
 * `api-errors` (`20%`, or `503:20%` with the status to answer). What is not valid counts as absent.
 */
export function simulationControl(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
}): SimulationControl {
  const { store, clock, random } = parts
  let faults: ApiFaults | undefined
  let landing = Promise.resolve()
  const apply = (object: KubeObject | undefined): void => {
    const data = (object?.data ?? {}) as Readonly<Record<string, string>>
    faults = faultsOf(data)
    const aheadMs = durationMs(data['clock-ahead'])
    // A clock never goes back: what has happened stays.
    if (aheadMs !== undefined && isAdjustable(clock)) landing = clock.advanceTo(aheadMs)
  }
  apply(store.get(KEY)?.value as KubeObject | undefined)
  const watch = store.watch(KEY, store.publishedRevision, (event) => {
    if (event.entry.key === KEY) apply(event.type === 'delete' ? undefined : (event.entry.value as KubeObject))
  })
  return {
    ready: landing,
    wrap: (handler) => async (request) => {
      if (isSteering(request)) {
        const response = await handler(request)
        // Who moves the clock goes on when it has come there.
        if (request.method !== 'GET') await landing
        return response
      }
      if (faults === undefined || SPARED.test(request.path)) return handler(request)
      const { latencyMs, share, status } = faults
      if (latencyMs > 0) await new Promise<void>((resolve) => void clock.after(latencyMs, resolve))
      return randomInt(random, 10_000) < share * 10_000 ? failure(status) : handler(request)
    },
    stop: () => watch.close(),
  }
}

/** Requests for the ConfigMap itself: they too are never slowed or failed. */
function isSteering({ path }: ServerRequest): boolean {
  return path === PATH || path === `${PATH}/${SIMULATION_CONFIG.name}`
}

const REASONS: Readonly<Record<number, string>> = {
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

function failure(code: number): ServerResponse {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'simulated failure of the API server',
    reason: REASONS[code] ?? 'InternalError',
    code,
  }
  return { status: code, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(status)}\n` }
}

function faultsOf(data: Readonly<Record<string, string>>): ApiFaults | undefined {
  const latencyMs = durationMs(data['api-latency']) ?? 0
  const match = /^(?:(\d{3}):)?(\d+(?:\.\d+)?)%$/.exec(data['api-errors'] ?? '')
  const share = Math.min(1, Number(match?.[2] ?? 0) / 100)
  return latencyMs === 0 && share === 0 ? undefined : { latencyMs, share, status: Number(match?.[1] ?? 503) }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a duration such as `1h30m` or `250ms`; undefined for anything else. */
function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, number = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(number) * (UNIT_MS[unit] ?? 0)
  }
  return total
}

function isAdjustable(clock: Clock): clock is AdjustableClock {
  return 'advanceTo' in clock
}
