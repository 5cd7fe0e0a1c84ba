import type { Clock } from '../../base/index.ts'

/** Tries and pauses of client-go's DefaultRetry. */
const TRIES = 5
const PAUSE_MS = 10

/** Runs `work` again, a few times with short pauses, while `retryable` says so. */
export async function retryOn<T>(
  host: { readonly clock: Clock },
  retryable: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= TRIES || !retryable(error)) throw error
      await new Promise<void>((resolve) => host.clock.after(PAUSE_MS, resolve))
    }
  }
}
