import type http from 'node:http'
import type { Clock } from '../../base/index.ts'
import { KubeClientError } from '../errors.ts'
import type { ApiRequest } from '../transport.ts'
import { wasCut } from './failures.ts'

/** Most tries of a request that the server asks to repeat, or whose connection was cut, as client-go. */
export const MAX_TRIES = 10
/** Pause before a request is repeated whose connection was cut, as client-go. */
export const CUT_PAUSE_MS = 1_000
/** Longest pause between tries that a server may ask for. */
const MAX_RETRY_AFTER_SECONDS = 30

/** Whether a request that got no answer may be sent again: its connection was cut, and reading changes nothing. As client-go. */
export function mayAskAgain(request: ApiRequest, error: unknown): boolean {
  return request.method === 'GET' && error instanceof KubeClientError && wasCut(error.cause)
}

/** Seconds to wait before trying again, as a server says that throttles or is not ready; undefined when the answer is final. */
export function retryAfter(message: http.IncomingMessage): number | undefined {
  const status = message.statusCode ?? 0
  if (status !== 429 && status < 500) return undefined
  const seconds = Number.parseInt(message.headers['retry-after'] ?? '', 10)
  return Number.isNaN(seconds) || seconds < 0 ? undefined : Math.min(seconds, MAX_RETRY_AFTER_SECONDS)
}

/** Waits; rejects with the signal's reason when that aborts. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}
