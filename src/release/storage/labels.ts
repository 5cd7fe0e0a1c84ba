import { releaseError } from '../errors.ts'

/** Labels that Helm sets on records itself; users may not. */
const SYSTEM_LABELS = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt'] as const

const SYSTEM: ReadonlySet<string> = new Set(SYSTEM_LABELS)

/** Refuses labels of a user that are Helm's own; throws a `REQUEST_INVALID` release error. */
export function checkLabels(labels: Readonly<Record<string, string>>): void {
  if (!Object.keys(labels).some((key) => SYSTEM.has(key))) return
  const names = SYSTEM_LABELS.join(' ')
  throw releaseError(
    'REQUEST_INVALID',
    `user supplied labels contains system reserved label name. System labels: [${names}]`,
  )
}

/** Only the labels that users set. */
export function withoutSystemLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !SYSTEM.has(key)))
}
