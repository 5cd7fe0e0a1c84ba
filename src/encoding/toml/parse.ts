import { parse, TomlDate, TomlError } from 'smol-toml'
import { type GoMap, type GoValue, goTime, Instant, int64 } from '../../go/index.ts'
import { EncodingError } from '../errors.ts'

/** Reads TOML as BurntSushi/toml does into a map: integers are int64, floats float64, times `time.Time`. */
export function fromToml(text: string): GoMap {
  try {
    return convertTable(parse(text, { integersAsBigInt: true }))
  } catch (error) {
    if (error instanceof TomlError) throw new EncodingError('TOML_SYNTAX', `toml: ${error.message}`, {}, error)
    throw error
  }
}

function convertTable(table: object): GoMap {
  return new Map(Object.entries(table).map(([key, value]) => [key, convert(value)]))
}

function convert(value: unknown): GoValue {
  if (typeof value === 'bigint') return int64(value)
  if (value instanceof TomlDate) return goTime(Instant.fromMs(value.getTime()))
  if (Array.isArray(value)) return value.map(convert)
  if (typeof value === 'object' && value !== null) return convertTable(value)
  return value as string | number | boolean
}
