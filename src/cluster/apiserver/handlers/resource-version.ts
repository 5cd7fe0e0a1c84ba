import type { Scope } from '../context.ts'
import { badRequest, plainServerError, timedOut } from '../errors.ts'

/** Parses a resourceVersion. Throws 400 with Go's text when it is not a number. */
export function parseResourceVersion(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw badRequest(`invalid resource version: ${invalidText(text)}`)
}

/** As parseResourceVersion for watches and single objects, where Kubernetes answers 500. */
export function parseWatchVersion(text: string): number {
  if (text === '') return 0
  if (/^\d+$/.test(text)) return Number(text)
  throw plainServerError(invalidText(text))
}

function invalidText(text: string): string {
  const quoted = JSON.stringify(text)
  return `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`
}

/** Checks that the store has reached the version that a read asks for at least. */
export function checkResourceVersion(scope: Scope, text: string): void {
  if (text === '') return
  const wanted = parseResourceVersion(text)
  const current = scope.server.store.revision
  if (wanted > current) throw versionTooLarge(wanted, current)
}

/** 504 for a version that the server has not seen. */
function versionTooLarge(wanted: number, current: number): Error {
  return timedOut(`Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}
