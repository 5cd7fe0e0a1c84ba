import { errorText } from '../../base/index.ts'

/** A result, or the text of what was thrown. */
export type Attempt<T> = { readonly value: T; readonly problem?: undefined } | { readonly problem: string }

/** Runs something that may throw. */
export function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { value: run() }
  } catch (error) {
    return { problem: errorText(error) }
  }
}
