import { type GoMap, type GoSlice, type GoValue, goType, int64, parseInteger } from '../../go/index.ts'
import { type ChartError, chartError } from '../errors.ts'

/** Largest index of a list in `--set`. */
const maxListIndex = 65536

/** Deepest nesting of a key in `--set`. */
export const maxNesting = 30

/** Builds the error of a malformed `--set` argument. */
export function setError(message: string): ChartError {
  return chartError('VALUES_SET', message)
}

/**
 * The value of `--set key=text`. As Helm: `true`, `false` and `null` in any case, whole numbers that do not start with 0
 * become int64, everything else stays text.
 */
export function typedSetValue(text: string): GoValue {
  if (/^true$/iu.test(text)) return true
  if (/^false$/iu.test(text)) return false
  if (/^null$/iu.test(text)) return null
  if (text === '0') return int64(0)
  if (!/^[+-]?\d+$/.test(text) || text.startsWith('0')) return text
  try {
    return int64(parseInteger(text, 10, 64))
  } catch {
    return text
  }
}

/** Puts a value in a map; an empty key is dropped. */
export function setKey(map: GoMap, key: string, value: GoValue): void {
  if (key !== '') map.set(key, value)
}

/** The map under `key`, or a new one that is not in the map yet; anything else there is Go's failed type assertion. */
export function mapAt(data: GoMap, key: string): GoMap {
  if (!data.has(key)) return new Map()
  const value = data.get(key)
  if (value instanceof Map) return value
  throw assertionFailed(value, 'map[string]interface {}')
}

/** The list under `key`, or a new one. */
export function listAt(data: GoMap, key: string): GoSlice {
  if (!data.has(key)) return []
  return asList(data.get(key))
}

/** The value as a list, or Go's failed type assertion. */
export function asList(value: GoValue): GoSlice {
  if (Array.isArray(value)) return value
  throw assertionFailed(value, '[]interface {}')
}

/** Sets an element, growing the list with nulls; the answer is the list to keep. */
export function setIndex(list: GoSlice, index: number, value: GoValue): GoSlice {
  if (index < 0) throw setError(`negative ${index} index not allowed`)
  if (index > maxListIndex) {
    throw setError(`index of ${index} is greater than maximum supported index of ${maxListIndex}`)
  }
  if (index < list.length) {
    list[index] = value
    return list
  }
  const grown = [...list]
  while (grown.length < index) grown.push(null)
  grown.push(value)
  return grown
}

function assertionFailed(value: GoValue, want: string): ChartError {
  const have = value === null || value === undefined ? 'nil' : goType(value)
  return setError(`unable to parse key: interface conversion: interface {} is ${have}, not ${want}`)
}
