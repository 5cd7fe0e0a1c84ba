import { GoError, GoNumber, type GoValue, int64, integerOf, parseFloat64, parseInteger } from '../../go/index.ts'

const MIN_INT64 = -0x8000_0000_0000_0000n
const LIMIT = 2 ** 63

/** A float as an integer of 64 bits, as amd64 converts it: what does not fit becomes the smallest integer. */
export function truncate(value: number): bigint {
  return value >= -LIMIT && value < LIMIT ? BigInt(Math.trunc(value)) : MIN_INT64
}

/** Drops a fraction of zeros: `1.00` becomes `1`. */
function trimZeroDecimal(text: string): string {
  return text.replace(/\.0+$/, '')
}

/** Named integer types, whose type cast does not know. Months and weekdays it does. */
const isForeign = (value: GoNumber): boolean =>
  value.typeName !== undefined && value.typeName !== 'time.Month' && value.typeName !== 'time.Weekday'

/** A value as an integer, as spf13/cast: texts with Go's base prefixes, booleans as 0 and 1, anything else 0. */
export function toInt(value: GoValue): bigint {
  switch (typeof value) {
    case 'bigint':
      return value
    case 'number':
      return truncate(value)
    case 'boolean':
      return value ? 1n : 0n
    case 'string':
      return attempt(() => parseInteger(trimZeroDecimal(value), 0, 64), 0n)
    default:
      if (!(value instanceof GoNumber) || isForeign(value)) return 0n
      return BigInt.asIntN(64, integerOf(value) ?? truncate(Number(value.value)))
  }
}

/** As `toInt`, as an int64. */
export const toInt64 = (value: GoValue): GoNumber => int64(toInt(value))

/** A value as a float, as spf13/cast. */
export function toFloat(value: GoValue): number {
  switch (typeof value) {
    case 'number':
      return value
    case 'bigint':
      return Number(value)
    case 'boolean':
      return value ? 1 : 0
    case 'string':
      return attempt(() => parseFloat64(value), 0)
    default:
      return value instanceof GoNumber && !isForeign(value) ? Number(value.value) : 0
  }
}

function attempt<T>(run: () => T, otherwise: T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof GoError) return otherwise
    throw error
  }
}
