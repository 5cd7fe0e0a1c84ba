import { type GoMap, GoObject, goKind } from '../../go/index.ts'
import { argumentError } from '../errors.ts'
import { isNil } from '../values.ts'
import { isEmpty } from './defaults.ts'

/**
 * Merges `source` into `target` in place, as mergo does for maps: without `overwrite`, only what is missing or empty in the target
 * is taken, and nil is never taken; with it, everything is, nil and empty values too. Maps under the same key are merged in turn;
 * lists are replaced, not joined. Values are shared, not copied.
 */
export function mergeMaps(target: GoMap, source: GoMap, overwrite: boolean): void {
  for (const [key, value] of source) {
    if (isNil(value)) {
      if (overwrite) target.set(key, null)
      continue
    }
    const known = target.has(key)
    const existing = target.get(key)
    if (value instanceof Map && existing instanceof GoObject && existing.pointer && !overwrite) {
      throw argumentError('src and dst must be of same type')
    }
    if (value instanceof Map && existing instanceof Map && existing !== value) mergeMaps(existing, value, overwrite)
    const kind = goKind(value)
    if (kind === 'slice' && (overwrite || target.size === 0)) {
      target.set(key, value)
      continue
    }
    if (known && !isEmpty(existing)) {
      if (kind === 'slice') continue
      if (value instanceof Map && existing instanceof Map) continue
    }
    if (overwrite || !known || isEmpty(existing)) target.set(key, value)
  }
}
