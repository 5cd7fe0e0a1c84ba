/** Events at which a hook runs. */
export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'test'

/** A hook of a release, as Helm's records keep it. */
export interface Hook {
  readonly name: string
  readonly kind: string
  readonly path: string
  readonly manifest: string
  readonly events: readonly HookEvent[]
  readonly weight: number
  /** Lower-case texts as given; Helm does not check them here. */
  readonly deletePolicies: readonly string[]
  readonly outputLogPolicies: readonly string[]
}

/** Annotation that makes a manifest a hook. */
export const hookAnnotation = 'helm.sh/hook'
/** Annotation with the order among hooks of one event. */
export const hookWeightAnnotation = 'helm.sh/hook-weight'
/** Annotation that says when the hook's object is deleted. */
export const hookDeleteAnnotation = 'helm.sh/hook-delete-policy'
/** Annotation that says when the hook's logs are shown. */
export const hookOutputLogAnnotation = 'helm.sh/hook-output-log-policy'

const events: ReadonlyMap<string, HookEvent> = new Map<string, HookEvent>([
  ['pre-install', 'pre-install'],
  ['post-install', 'post-install'],
  ['pre-delete', 'pre-delete'],
  ['post-delete', 'post-delete'],
  ['pre-upgrade', 'pre-upgrade'],
  ['post-upgrade', 'post-upgrade'],
  ['pre-rollback', 'pre-rollback'],
  ['post-rollback', 'post-rollback'],
  ['test', 'test'],
  ['test-success', 'test'],
])

/** Events of the annotation's value; undefined when one of them is unknown (Helm then drops the whole manifest). */
export function parseHookEvents(value: string): HookEvent[] | undefined {
  const result: HookEvent[] = []
  for (const name of commaList(value)) {
    const event = events.get(name)
    if (!event) return undefined
    result.push(event)
  }
  return result
}

/** Weight of a hook; anything that is no integer counts as 0. */
export function parseHookWeight(value: string | undefined): number {
  if (value === undefined || !/^[+-]?\d+$/.test(value)) return 0
  const weight = BigInt(value)
  return weight === BigInt.asIntN(64, weight) ? Number(weight) : 0
}

/** Lower-case parts of a comma list, blanks removed; absent: none. */
export function commaList(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(',').map((part) => part.trim().toLowerCase())
}
