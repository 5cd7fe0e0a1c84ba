import type { GoMap, GoValue } from '../../go/index.ts'
import { wrapEncodingError } from '../errors.ts'
import { fitsTarget, jsonTypeError, type Target } from '../json-type.ts'
import type { TypeSpec } from '../typed-decode.ts'
import type { DecodeOptions, YamlPositions } from './decode.ts'
import { NEEDS_PARSER, readPlainBlocks } from './plain-blocks.ts'
import { decodeThoroughly } from './thorough.ts'

/** How to read one document. */
export interface ParseYamlOptions {
  /** What the document must be. A map or list target turns an empty document into an empty map or list. Default: any. */
  readonly target?: Target
  /** Report duplicate keys, as `UnmarshalStrict`. Default: the last one wins. */
  readonly strict?: boolean
  /** Filled with the place of every key and item. */
  readonly positions?: YamlPositions
  /** The Go type that `decodeTyped` makes of the value: integers stay bigint (Go's int), text may be infinite. Default: every number is a double. */
  readonly typed?: TypeSpec
}

/** A plain JSON value. */
export type PlainJson = null | boolean | number | string | PlainJson[] | { [key: string]: PlainJson }

const CONVERTING = 'error converting YAML to JSON'
const DECODING = 'error unmarshaling JSON: while decoding JSON'

/**
 * Reads the first document of a text into Go values, as sigs.k8s.io/yaml does for `interface{}`: YAML 1.1 words, every number a
 * float64, every key a string. Later documents are not looked at. Throws EncodingError with that package's text.
 */
export function parseYaml(text: string, options: ParseYamlOptions & { readonly target: 'map' }): GoMap
export function parseYaml(text: string, options: ParseYamlOptions & { readonly target: 'list' }): GoValue[]
export function parseYaml(text: string, options?: ParseYamlOptions): GoValue
export function parseYaml(text: string, options: ParseYamlOptions = {}): GoValue {
  const value = decodeText(text, options, false) as GoValue
  const target = options.target ?? 'any'
  if (target === 'any') return value
  if (!fitsTarget(value, target)) throw wrapEncodingError(DECODING, jsonTypeError(value, target))
  return value ?? (target === 'map' ? new Map() : [])
}

/** Reads the first document of a text into a plain JSON value; errors as `parseYaml`. */
export function parseYamlToJson(text: string, options: { readonly strict?: boolean } = {}): PlainJson {
  return decodeText(text, options, true) as PlainJson
}

function decodeText(text: string, options: ParseYamlOptions, plain: boolean): unknown {
  try {
    const { strict = false, positions, typed } = options
    return decodeYaml(text, { strict, plain, positions, integers: typed !== undefined, typed })
  } catch (error) {
    throw wrapEncodingError(CONVERTING, error)
  }
}

/** Reads the first document of a text; errors are go-yaml's, without a prefix. */
export function decodeYaml(text: string, options: DecodeOptions = { strict: false, plain: false }): unknown {
  if (options.positions === undefined) {
    const plainly = readPlainBlocks(text, options)
    if (plainly !== NEEDS_PARSER) return plainly
  }
  return decodeThoroughly(text, options)
}
