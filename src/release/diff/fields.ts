/** One field that differs. `before` is absent when the field is new, `after` when it goes. */
export interface FieldChange {
  /** `spec.template.spec.containers[name=web].image` */
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

type Json = Readonly<Record<string, unknown>>

/** Fields that the server writes and that say nothing about what somebody wants. */
const SERVER_METADATA: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
])

/** An object without its status and what the server notes about it. */
export function withoutServerFields(object: object): Json {
  const { status: _status, metadata, ...rest } = object as Json & { metadata?: Json }
  const kept = Object.entries(metadata ?? {}).filter(([key]) => !SERVER_METADATA.has(key))
  return { ...rest, metadata: Object.fromEntries(kept) }
}

/**
 * The fields in which two JSON values differ, in the order in which they stand. Lists whose items all have a `name` of
 * their own are compared by it, other lists by position; what is new or gone is one change, however much it holds.
 */
export function diffFields(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isMap(before) && isMap(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) => {
      const at = path === '' ? pathKey(key) : `${path}.${pathKey(key)}`
      if (!(key in before) || before[key] === undefined)
        return after[key] === undefined ? [] : [{ path: at, after: after[key] }]
      if (!(key in after) || after[key] === undefined) return [{ path: at, before: before[key] }]
      return diffFields(before[key], after[key], at)
    })
  }
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path)
  return Object.is(before, after) ? [] : [{ path, before, after }]
}

function diffLists(before: readonly unknown[], after: readonly unknown[], path: string): FieldChange[] {
  const [old, fresh] = [byName(before), byName(after)]
  if (old === undefined || fresh === undefined) {
    const length = Math.max(before.length, after.length)
    return Array.from({ length }, (_, index) => index).flatMap((index) => {
      const at = `${path}[${index}]`
      if (index >= before.length) return [{ path: at, after: after[index] }]
      if (index >= after.length) return [{ path: at, before: before[index] }]
      return diffFields(before[index], after[index], at)
    })
  }
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name) => {
    const at = `${path}[name=${name}]`
    if (!old.has(name)) return [{ path: at, after: fresh.get(name) }]
    if (!fresh.has(name)) return [{ path: at, before: old.get(name) }]
    return diffFields(old.get(name), fresh.get(name), at)
  })
}

/** The items by their names; undefined when one has none or two share one. */
function byName(list: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const items = new Map<string, unknown>()
  for (const item of list) {
    if (!isMap(item) || typeof item.name !== 'string' || items.has(item.name)) return undefined
    items.set(item.name, item)
  }
  return items
}

/** A key as it stands in a path; keys with dots are quoted. */
function pathKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : `[${JSON.stringify(key)}]`
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
