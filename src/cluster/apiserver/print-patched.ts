import { type GoPlace, goPlaceIn, inGoOrder, type Json, jsonEqual } from '../../api/index.ts'
import { isObject } from './clone.ts'
import { inKeyOrder } from './yaml.ts'

/** Where a patched document is being printed. */
export interface PrintedPlace {
  readonly place: GoPlace | undefined
  /** A merge patch prints the lists that it brings sorted throughout. */
  readonly merge: boolean
  readonly isRoot?: boolean
}

/**
 * A patched document as the patch library prints it: what it has not touched stays as the object was printed, in the order of
 * Go's structs; what it has gone through is sorted. As evanphx/json-patch, which reads documents only as far as it has to.
 */
export function printPatched(value: unknown, before: unknown, at: PrintedPlace): string {
  const { place, merge, isRoot = false } = at
  if (!isRoot && before !== undefined && jsonEqual(value, before))
    return JSON.stringify(inGoOrder(value as Json, place))
  const inner = (key: string): PrintedPlace => ({ place: goPlaceIn(place, key), merge })
  if (Array.isArray(value)) {
    if (merge) return JSON.stringify(inKeyOrder(value))
    const old = Array.isArray(before) ? before : []
    return `[${value.map((item, index) => printPatched(item, old[index], inner(''))).join(',')}]`
  }
  if (!isObject(value)) return JSON.stringify(value)
  if (before === undefined && !merge) return JSON.stringify(value)
  const old = isObject(before) ? before : {}
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${printPatched(value[key], old[key], inner(key))}`)
  return `{${fields.join(',')}}`
}
