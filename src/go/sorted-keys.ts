import { goKind, goType, integerOf } from './kind.ts'
import { compareStrings } from './utf8.ts'
import { GoNumber, TypedMap, type GoMap, type GoValue } from './value.ts'

/**
 * Keys in the order in which Go prints and ranges over a map: by value, numbers before what cannot be compared; keys of
 * different dynamic types are ordered by type name (Go orders them by address, which is not reproducible).
 */
export function sortedKeys(map: GoMap): GoValue[] {
  const keys = [...map.keys()]
  if (keys.length < 2) return keys
  if (!(map instanceof TypedMap) || map.keyType === 'string') return sortStringKeys(keys as string[])
  return keys.sort(compareKeys)
}

function sortStringKeys(keys: string[]): GoValue[] {
  // The default order is by UTF-16 unit, which is the order of bytes unless surrogates are involved.
  for (const key of keys) {
    for (let i = 0; i < key.length; i++) if (key.charCodeAt(i) >= 0xd800) return keys.sort(compareStrings)
  }
  return keys.sort()
}

function compareKeys(a: GoValue, b: GoValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b)
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : -1
  if (b === null || b === undefined) return 1
  const x = integerOf(a)
  const y = integerOf(b)
  if (x !== undefined && y !== undefined && goKind(a) === goKind(b)) return x < y ? -1 : x > y ? 1 : 0
  const f = floatOf(a)
  const g = floatOf(b)
  if (f !== undefined && g !== undefined) {
    if (Number.isNaN(f)) return Number.isNaN(g) ? 0 : -1
    return Number.isNaN(g) ? 1 : f - g
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return compareStrings(goType(a), goType(b))
}

function floatOf(value: GoValue): number | undefined {
  if (typeof value === 'number') return value
  return value instanceof GoNumber && typeof value.value === 'number' ? value.value : undefined
}
