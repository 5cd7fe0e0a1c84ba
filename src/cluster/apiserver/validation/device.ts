import {
  BOOL,
  type CelEnvironment,
  createCelEnvironment,
  DYN,
  mapOf,
  opaque,
  printType,
  STRING,
} from '../../../api/cel/index.ts'
import {
  dnsSubdomainProblems,
  type Json,
  type JsonObject,
  objectAt,
  regexProblem,
  stringAt,
} from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { duplicate, type Findings, invalid, invalidEach, required, tooLong, tooMany } from './findings.ts'

const DRIVER_LIMIT = 63
const ID_LIMIT = 32
const EXPRESSION_LIMIT = 10 * 1024
const PARAMETERS_LIMIT = 10 * 1024
/** Most selectors and configurations of a class or request. */
export const LIST_LIMIT = 32

/** Checks every item of a list that may not be too long; a longer one is not looked at. */
export function eachOf<T>(
  items: readonly T[],
  limit: number,
  field: string,
  check: (item: T, field: string, index: number) => Findings,
): Findings {
  if (items.length > limit) return [tooMany(field, items.length, limit)]
  return items.flatMap((item, index) => check(item, `${field}[${index}]`, index))
}

/** As eachOf, for items that are told apart by a key. */
export function eachOnce<T>(
  items: readonly T[],
  limit: number,
  field: string,
  how: { readonly key: (item: T) => string; readonly check: (item: T, field: string) => Findings },
): Findings {
  const out = eachOf(items, limit, field, how.check)
  if (items.length > limit) return out
  const seen = new Set<string>()
  items.forEach((item, index) => {
    const key = how.key(item)
    if (seen.has(key)) out.push(duplicate(`${field}[${index}]`, key))
    seen.add(key)
  })
  return out
}

/** The name of a driver. As that of a CSI driver. */
export function driverNameProblems(name: string, field: string): Findings {
  if (name === '') return [required(field)]
  const long = name.length > DRIVER_LIMIT ? [tooLong(field, DRIVER_LIMIT)] : []
  return [...long, ...invalidEach(field, name, dnsSubdomainProblems(name.toLowerCase()))]
}

/** The name of an attribute or capacity, with or without its domain. */
export function attributeNameProblems(name: string, field: string): Findings {
  const [first = '', second, ...rest] = name.split('/')
  if (rest.length > 0) return []
  if (second === undefined) return identifierProblems(first, field)
  const domain = first === '' ? [invalid(field, '', 'the domain must not be empty')] : driverNameProblems(first, field)
  const id = second === '' ? [invalid(field, '', 'the name must not be empty')] : identifierProblems(second, field)
  return [...domain, ...id]
}

const IDENTIFIER =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'"

function identifierProblems(id: string, field: string): Findings {
  const long = id.length > ID_LIMIT ? [tooLong(field, ID_LIMIT)] : []
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(id)) return long
  return [
    ...long,
    invalid(field, id, regexProblem(IDENTIFIER, '[A-Za-z_][A-Za-z0-9_]*', 'my_name', 'MY_NAME', 'MyName')),
  ]
}

/** The name of an attribute that has to have a domain. */
export function fullNameProblems(name: string, field: string): Findings {
  const out = attributeNameProblems(name, field)
  if (name.includes('/')) return out
  return [...out, invalid(field, name, 'a fully qualified name must be a domain and a name separated by a slash')]
}

/** Which devices fit: one expression of the device. */
export function validateSelectors(selectors: readonly JsonObject[], field: string): Findings {
  return eachOf(selectors, LIST_LIMIT, field, (selector, at) => {
    const cel = objectAt(selector, 'cel')
    return cel === undefined
      ? [required(`${at}.cel`)]
      : expressionProblems(stringAt(cel, 'expression'), `${at}.cel.expression`)
  })
}

function expressionProblems(expression: string, field: string): Findings {
  if (Buffer.byteLength(expression) > EXPRESSION_LIMIT) return [tooLong(field, EXPRESSION_LIMIT)]
  const compiled = deviceEnvironment().compile(expression)
  if (compiled.issues !== undefined) return [invalid(field, expression, `compilation failed: ${compiled.issues}`)]
  const found = printType(compiled.type)
  if (found === 'bool' || found === 'dyn') return []
  return [invalid(field, expression, `must evaluate to ${printType(BOOL)} or the unknown type, not ${found}`)]
}

/** Where expressions of selectors are compiled: they see one device. */
function deviceEnvironment(): CelEnvironment {
  const byDomain = (value: Parameters<typeof mapOf>[1]): ReturnType<typeof mapOf> => mapOf(STRING, mapOf(STRING, value))
  const fields = new Map([
    ['driver', STRING],
    ['attributes', byDomain(DYN)],
    ['capacity', byDomain(opaque('kubernetes.Quantity'))],
    ['allowMultipleAllocations', BOOL],
  ])
  return createCelEnvironment({ device: { kind: 'object', name: 'kubernetes.DRADevice', fields } })
}

/** What a driver is told of a device. */
export function validateConfiguration(config: JsonObject, field: string): Findings {
  const own = objectAt(config, 'opaque')
  if (own === undefined) return [required(`${field}.opaque`)]
  const at = `${field}.opaque.parameters`
  return [
    ...driverNameProblems(stringAt(own, 'driver'), `${field}.opaque.driver`),
    ...parameterProblems(own.parameters, at),
  ]
}

function parameterProblems(parameters: Json | undefined, field: string): Findings {
  if (parameters === undefined || parameters === null) return [required(field)]
  if (Buffer.byteLength(JSON.stringify(parameters)) > PARAMETERS_LIMIT) return [tooLong(field, PARAMETERS_LIMIT)]
  return isObject(parameters) ? [] : [invalid(field, '<value omitted>', 'must be a valid JSON object')]
}
