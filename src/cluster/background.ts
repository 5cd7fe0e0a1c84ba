import { isJsonObject } from '../api/index.ts'
import type { ApiRequest, Transport } from '../kube/index.ts'
import type { ApiHandler } from './apiserver/index.ts'

/** A client that has been answered mostly asks again within so many milliseconds, when it works through a list. */
const PAUSE_MS = 4
/** So long a busy client can hold the components' writes up. */
const LONGEST_HOLD_MS = 25

/**
 * Lets clients go before the cluster's own components, which share the thread with the API server: what a client has set
 * going is worked on when it stops asking for a moment, instead of between its requests. Nothing waits longer than 25 ms.
 */
export class ClientsFirst {
  #answering = 0
  #lastAnswerMs = Number.NEGATIVE_INFINITY
  #opening: Promise<void> | undefined

  /** A handler for clients' requests. Streams count until they begin. */
  serving(handler: ApiHandler): ApiHandler {
    return async (request) => {
      this.#answering++
      try {
        return await handler(request)
      } finally {
        this.#answering--
        this.#lastAnswerMs = performance.now()
      }
    }
  }

  /** A transport for components: its writes wait for a pause of the clients, except where a client waits for the write. */
  yielding(transport: Transport): Transport {
    return {
      ...transport,
      request: async (request) => {
        if (request.method !== 'GET' && !endsPod(request) && !this.#isQuiet()) await this.#quiet()
        return transport.request(request)
      },
    }
  }

  #isQuiet(): boolean {
    return this.#answering === 0 && performance.now() - this.#lastAnswerMs >= PAUSE_MS
  }

  #quiet(): Promise<void> {
    this.#opening ??= new Promise((resolve) => {
      const sinceMs = performance.now()
      const look = (): void => {
        if (!this.#isQuiet() && performance.now() - sinceMs < LONGEST_HOLD_MS) {
          setTimeout(look, PAUSE_MS)
          return
        }
        this.#opening = undefined
        resolve()
      }
      setTimeout(look, PAUSE_MS)
    })
    return this.#opening
  }
}

/** Whether a request is the node's word that a pod, which somebody deleted, has ended. */
function endsPod({ method, body }: ApiRequest): boolean {
  return method === 'DELETE' && isJsonObject(body) && body.gracePeriodSeconds === 0
}
