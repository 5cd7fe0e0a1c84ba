import { isIP, isIPv4, isIPv6 } from 'node:net'
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  type Json,
  type JsonObject,
  jsonEqual,
  listAt,
  objectAt,
  stringAt,
} from '../../../api/index.ts'
import { parseDuration } from '../../../go/index.ts'
import { isObject } from '../clone.ts'

type Test = (text: string) => boolean

const matches =
  (pattern: RegExp): Test =>
  (text) =>
    pattern.test(text)

const HEX4 = '-?[0-9a-f]{4}'
const uuid = (third: string, fourth: string): Test =>
  matches(new RegExp(`^[0-9a-f]{8}${HEX4}-?${third}-?${fourth}-?[0-9a-f]{12}$`, 'i'))
const VARIANT = '[89ab][0-9a-f]{3}'
const CHANNEL = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'

/**
 * What Kubernetes checks of texts by format, by names without dashes. As kube-openapi's strfmt; numbers of books and credit
 * cards are known but not checked here.
 */
const FORMATS: Readonly<Record<string, Test>> = {
  bsonobjectid: matches(/^[0-9a-fA-F]{24}$/),
  byte: matches(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  cidr: isCidr,
  creditcard: () => true,
  date: isDate,
  datetime: (text) => {
    const [date = '', time = ''] = text.toLowerCase().split('t')
    const clock = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})$/.exec(time)
    return isDate(date) && clock !== null && Number(clock[1]) < 24 && Number(clock[2]) < 60 && Number(clock[3]) < 60
  },
  duration: isDuration,
  email: matches(/^[^\s@]+@[^\s@]+$/),
  hexcolor: matches(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  hostname: (text) =>
    text.length <= 255 &&
    /^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  isbn: () => true,
  isbn10: () => true,
  isbn13: () => true,
  k8slongname: (text) => dnsSubdomainProblems(text).length === 0,
  k8sshortname: (text) => dnsLabelProblems(text).length === 0,
  mac: matches(
    /^[0-9a-fA-F]{2}(([:-][0-9a-fA-F]{2}){5}|([:-][0-9a-fA-F]{2}){7}|([:-][0-9a-fA-F]{2}){19})$|^([0-9a-fA-F]{4}\.){2}([0-9a-fA-F]{4}\.)?[0-9a-fA-F]{4}$/,
  ),
  password: () => true,
  rgbcolor: matches(new RegExp(`^rgb\\(\\s*${CHANNEL}\\s*,\\s*${CHANNEL}\\s*,\\s*${CHANNEL}\\s*\\)$`)),
  ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  // What a request may ask for: a whole address, or a path from the root.
  uri: matches(/^(\*$|\/|[a-zA-Z][a-zA-Z0-9+.-]*:)(?!.*(%(?![0-9a-fA-F]{2})|\p{Cc}))/u),
  uuid: uuid('[0-9a-f]{4}', '[0-9a-f]{4}'),
  uuid3: uuid('3[0-9a-f]{3}', '[0-9a-f]{4}'),
  uuid4: uuid('4[0-9a-f]{3}', VARIANT),
  uuid5: uuid('5[0-9a-f]{3}', VARIANT),
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(text).toJSON()?.startsWith(text) === true
}

function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/')
  const family = isIP(address)
  return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)
}

const UNITS =
  /^(ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?.*|m|mins?|minutes?.*|h|hrs?|hours?.*|d|days?.*|w|wks?|weeks?.*)$/i

/** A duration of Go's, or one with a unit that is written out somewhere in the text. */
function isDuration(text: string): boolean {
  try {
    parseDuration(text)
    return true
  } catch {
    return [...text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)].some((match) => UNITS.test(match[2] ?? ''))
  }
}

const nameOf = (format: string): string => format.replaceAll('-', '')

/** The name of the format that a text does not have; undefined when it has it or the format is unknown. */
export function formatProblem(format: string, text: string): string | undefined {
  const test = Object.hasOwn(FORMATS, nameOf(format)) ? FORMATS[nameOf(format)] : undefined
  return test === undefined || test(text) ? undefined : format
}

function isKnown(format: string, type: string): boolean {
  if (type === '' || type === 'string') return Object.hasOwn(FORMATS, nameOf(format))
  if (type === 'integer') return format === 'int32' || format === 'int64'
  return type === 'number' && (format === 'float' || format === 'double')
}

/** Warnings about formats in a definition that mean nothing to Kubernetes, but for those that its old form had. */
export function formatWarnings(crd: JsonObject, old: JsonObject | undefined): string[] {
  const former = new Set(old === undefined ? [] : unknownFormats(old))
  return unknownFormats(crd)
    .filter((format) => !former.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`)
}

/** The unknown formats of a definition's schemas; schemas that all versions share count once. */
function unknownFormats(crd: JsonObject): string[] {
  const schemas = listAt(crd.spec, 'versions').map((version) =>
    objectAt(objectAt(version, 'schema'), 'openAPIV3Schema'),
  )
  const shared = schemas.every((schema) => jsonEqual(schema ?? null, schemas[0] ?? null))
  return (shared ? schemas.slice(0, 1) : schemas).flatMap((schema) => (schema ? formatsIn(schema) : []))
}

/** Keys of a schema that hold another schema, a list of them, or a map of them. */
const NESTED = ['items', 'allOf', 'oneOf', 'anyOf', 'not', 'additionalProperties', 'additionalItems']
const NESTED_MAPS = ['properties', 'patternProperties', 'definitions', 'dependencies']

function formatsIn(schema: JsonObject): string[] {
  const format = stringAt(schema, 'format')
  const own = format !== '' && !isKnown(format, stringAt(schema, 'type')) ? [format] : []
  const inner = [
    ...NESTED.flatMap((key) => schemasIn(schema[key])),
    ...NESTED_MAPS.flatMap((key) => Object.values(objectAt(schema, key) ?? {}).flatMap(schemasIn)),
  ]
  return [...own, ...inner.flatMap(formatsIn)]
}

function schemasIn(value: Json | undefined): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(schemasIn)
  return isObject(value) ? [value as JsonObject] : []
}
