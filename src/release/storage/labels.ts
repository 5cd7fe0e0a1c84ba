/** Labels that Helm sets on records itself; users may not. */
export const SYSTEM_LABELS = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt'] as const

const SYSTEM: ReadonlySet<string> = new Set(SYSTEM_LABELS)

/** Whether a user names a label that is Helm's. */
export function containsSystemLabels(labels: Readonly<Record<string, string>>): boolean {
  return Object.keys(labels).some((key) => SYSTEM.has(key))
}

/** Only the labels that users set. */
export function withoutSystemLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !SYSTEM.has(key)))
}
