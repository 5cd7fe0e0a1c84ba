import {
  EncodingError,
  emitJson,
  emitPrettyJson,
  emitYaml,
  emitYamlPretty,
  fromToml,
  parseJson,
  parseYaml,
  toToml,
  wrapEncodingError,
} from '../../encoding/index.ts'
import { type GoMap, GoNil, type GoValue } from '../../go/index.ts'
import { ANY, DICT, fn, type FunctionTable, LIST } from '../signature.ts'
import { nilList } from '../values.ts'

/** The result, or what `otherwise` makes of an encoding error. */
function attempt<T>(run: () => T, otherwise: (error: EncodingError) => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof EncodingError) return otherwise(error)
    throw error
  }
}

/** The error under its key, beside what could be read all the same. */
function errorMap(error: EncodingError): GoMap {
  const { partial } = error.details
  const map: GoMap = partial instanceof Map ? partial : new Map()
  return map.set('Error', error.message)
}

const errorList = (error: EncodingError): GoValue[] => [error.message]

const trimEnd = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text)

/** Helm's `toYaml` with the error that Go's package gives. */
function mustToYaml(value: GoValue): string {
  try {
    return trimEnd(emitYaml(value))
  } catch (error) {
    if (error instanceof EncodingError && error.code === 'JSON_UNSUPPORTED') {
      throw wrapEncodingError('error marshaling into JSON', error)
    }
    throw error
  }
}

function toYamlPretty(value: GoValue): string {
  return attempt(
    () => trimEnd(emitYamlPretty(value)),
    (error) => {
      // go-yaml panics here, which Helm does not catch.
      if (error.code === 'YAML_TYPE') throw error
      return ''
    },
  )
}

/** TOML, or the error's text; nil panics in Go, which nothing catches. */
function tomlOrError(value: GoValue): string {
  if (value === null || value === undefined) return toToml(null)
  return attempt(
    () => toToml(value),
    (error) => error.message,
  )
}

const emptyOnError = (write: (value: GoValue) => string) =>
  fn(ANY, 'string', (value: GoValue) =>
    attempt(
      () => write(value ?? null),
      () => '',
    ),
  )

const failing = (write: (value: GoValue) => string) => fn(ANY, 'string', (value: GoValue) => write(value ?? null))

const toRawJson = failing((value) => emitJson(value, { raw: true }))

/** JSON, written and read under the names of sprig's functions as Helm does; reading errors come back under the key `Error`. */
export const jsonFunctions: FunctionTable = {
  fromJson: fn('string', DICT, (text: string) =>
    attempt<GoValue>(() => parseJson(text, { target: 'map' }) ?? new GoNil(DICT), errorMap),
  ),
  mustFromJson: fn('string', ANY, (text: string) => parseJson(text)),
  mustToJson: failing((value) => emitJson(value)),
  mustToPrettyJson: failing(emitPrettyJson),
  mustToRawJson: toRawJson,
  toJson: emptyOnError((value) => emitJson(value)),
  toPrettyJson: emptyOnError(emitPrettyJson),
  toRawJson,
}

/** YAML, TOML and lists in JSON, written and read as Helm's own functions do; reading errors come back as in `jsonFunctions`. */
export const serializeFunctions: FunctionTable = {
  fromJsonArray: fn('string', LIST, (text: string) =>
    attempt<GoValue>(() => parseJson(text, { target: 'list' }) ?? nilList(), errorList),
  ),
  fromToml: fn('string', DICT, (text: string) => attempt(() => fromToml(text), errorMap)),
  fromYaml: fn('string', DICT, (text: string) => attempt(() => parseYaml(text, { target: 'map' }), errorMap)),
  fromYamlArray: fn('string', LIST, (text: string) => attempt(() => parseYaml(text, { target: 'list' }), errorList)),
  mustToToml: failing(toToml),
  mustToYaml: failing(mustToYaml),
  toToml: fn(ANY, 'string', tomlOrError),
  toYaml: emptyOnError(mustToYaml),
  toYamlPretty: fn(ANY, 'string', (value: GoValue) => toYamlPretty(value ?? null)),
}
