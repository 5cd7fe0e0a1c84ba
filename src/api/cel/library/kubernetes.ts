import {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from '../../names.ts'
import { ApiValueError } from '../../errors.ts'
import { formatQuantity, parseQuantity, type Quantity } from '../../quantity.ts'
import { type Library, method, type Overload, plain } from '../declarations.ts'
import { celError } from '../errors.ts'
import { BOOL, DOUBLE, INT, listOf, optionalOf, STRING } from '../types.ts'
import { CelList, type CelValue, Optional } from '../values.ts'
import { Box, boxKind, unbox } from './opaque.ts'
import { compareSemver, normalizeSemver, parseSemver, type Semver, semverText } from './semver.ts'

const NANO = 1_000_000_000n
const QUANTITY = boxKind<Quantity>('kubernetes.Quantity', (a, b) => a.nano === b.nano, formatQuantity)
const quantity = (value: CelValue): Quantity => unbox(value, QUANTITY)
const boxed = (value: Quantity): CelValue => new Box(QUANTITY, value)

function readQuantity(text: CelValue): Quantity {
  try {
    return parseQuantity(text as string)
  } catch (error) {
    if (error instanceof ApiValueError) throw celError(error.message)
    throw error
  }
}

function wholeOf({ nano }: Quantity): bigint | undefined {
  if (nano % NANO !== 0n) return undefined
  const whole = nano / NANO
  return whole >= -(1n << 63n) && whole < 1n << 63n ? whole : undefined
}

function asInteger(value: CelValue): bigint {
  const whole = wholeOf(quantity(value))
  if (whole === undefined) throw celError('cannot convert value to integer')
  return whole
}

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
const compareQuantities = (a: CelValue, b: CelValue): number => order(quantity(a).nano, quantity(b).nano)
const plus = (a: Quantity, nano: bigint): CelValue => boxed({ ...a, nano: a.nano + nano })

function isRead(read: (text: CelValue) => unknown, text: CelValue): boolean {
  try {
    read(text)
    return true
  } catch {
    return false
  }
}

const SEMVER = boxKind<Semver>('kubernetes.Semver', (a, b) => compareSemver(a, b) === 0, semverText)
const semver = (value: CelValue): Semver => unbox(value, SEMVER)

function readSemver(text: CelValue, normalize: CelValue = false): Semver {
  const parsed = parseSemver(normalize === true ? normalizeSemver(text as string) : (text as string))
  if (typeof parsed === 'string') throw celError(parsed)
  return parsed
}

/** Comparisons of the two ordered types. */
function comparisons(suffix: string, compare: 'quantity' | 'semver', holds: (order: number) => boolean): Overload {
  const type = compare === 'quantity' ? QUANTITY.type : SEMVER.type
  return method(`${compare}_${suffix}`, [type, type], BOOL, (a, b) =>
    holds(compare === 'quantity' ? compareQuantities(a, b) : compareSemver(semver(a), semver(b))),
  )
}

/** Quantities and semantic versions. */
export const MEASURES: Library = {
  quantity: [plain('string_to_quantity', [STRING], QUANTITY.type, (value) => boxed(readQuantity(value)))],
  isQuantity: [plain('is_quantity_string', [STRING], BOOL, (value) => isRead(readQuantity, value))],
  sign: [plain('quantity_sign', [QUANTITY.type], INT, (value) => BigInt(order(quantity(value).nano, 0n)))],
  isGreaterThan: [
    comparisons('is_greater_than', 'quantity', (found) => found > 0),
    comparisons('is_greater_than', 'semver', (found) => found > 0),
  ],
  isLessThan: [
    comparisons('is_less_than', 'quantity', (found) => found < 0),
    comparisons('is_less_than', 'semver', (found) => found < 0),
  ],
  compareTo: [
    method('quantity_compare_to', [QUANTITY.type, QUANTITY.type], INT, (a, b) => BigInt(compareQuantities(a, b))),
    method('semver_compare_to', [SEMVER.type, SEMVER.type], INT, (a, b) => BigInt(compareSemver(semver(a), semver(b)))),
  ],
  asApproximateFloat: [
    method('quantity_get_float', [QUANTITY.type], DOUBLE, (value) => Number(quantity(value).nano) / 1e9),
  ],
  asInteger: [method('quantity_get_int', [QUANTITY.type], INT, asInteger)],
  isInteger: [method('quantity_is_integer', [QUANTITY.type], BOOL, (value) => wholeOf(quantity(value)) !== undefined)],
  add: [
    method('quantity_add', [QUANTITY.type, QUANTITY.type], QUANTITY.type, (a, b) =>
      plus(quantity(a), quantity(b).nano),
    ),
    method('quantity_add_int', [QUANTITY.type, INT], QUANTITY.type, (a, b) => plus(quantity(a), (b as bigint) * NANO)),
  ],
  sub: [
    method('quantity_sub', [QUANTITY.type, QUANTITY.type], QUANTITY.type, (a, b) =>
      plus(quantity(a), -quantity(b).nano),
    ),
    method('quantity_sub_int', [QUANTITY.type, INT], QUANTITY.type, (a, b) => plus(quantity(a), -(b as bigint) * NANO)),
  ],
  semver: [
    plain('string_to_semver', [STRING], SEMVER.type, (value) => new Box(SEMVER, readSemver(value))),
    plain(
      'string_bool_to_semver',
      [STRING, BOOL],
      SEMVER.type,
      (value, normalize) => new Box(SEMVER, readSemver(value, normalize)),
    ),
  ],
  isSemver: [
    plain('is_semver_string', [STRING], BOOL, (value) => isRead((text) => readSemver(text), value)),
    plain('is_semver_string_bool', [STRING, BOOL], BOOL, (value, normalize) =>
      isRead((text) => readSemver(text, normalize), value),
    ),
  ],
  major: [method('semver_major', [SEMVER.type], INT, (value) => semver(value).numbers[0] ?? 0n)],
  minor: [method('semver_minor', [SEMVER.type], INT, (value) => semver(value).numbers[1] ?? 0n)],
  patch: [method('semver_patch', [SEMVER.type], INT, (value) => semver(value).numbers[2] ?? 0n)],
}

interface NamedFormat {
  readonly name: string
  readonly problems: (text: string) => readonly string[]
}

const FORMAT = boxKind<NamedFormat>(
  'kubernetes.NamedFormat',
  (a, b) => a.name === b.name,
  (format) => format.name,
)

/** A prefix of a name may end in a dash. */
const prefixOf =
  (problems: (text: string) => readonly string[]) =>
  (text: string): readonly string[] =>
    problems(text.replace(/-$/, 'a'))

const pattern =
  (expression: RegExp, message: string) =>
  (text: string): readonly string[] =>
    expression.test(text) ? [] : [message]

const UUID = /^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

const FORMATS: Readonly<Record<string, NamedFormat>> = {
  dns1123Label: { name: 'DNS1123Label', problems: dnsLabelProblems },
  dns1123Subdomain: { name: 'DNS1123Subdomain', problems: dnsSubdomainProblems },
  dns1035Label: { name: 'DNS1035Label', problems: dns1035LabelProblems },
  qualifiedName: { name: 'QualifiedName', problems: qualifiedNameProblems },
  dns1123LabelPrefix: { name: 'DNS1123LabelPrefix', problems: prefixOf(dnsLabelProblems) },
  dns1123SubdomainPrefix: { name: 'DNS1123SubdomainPrefix', problems: prefixOf(dnsSubdomainProblems) },
  dns1035LabelPrefix: { name: 'DNS1035LabelPrefix', problems: prefixOf(dns1035LabelProblems) },
  labelValue: { name: 'LabelValue', problems: labelValueProblems },
  uri: { name: 'URI', problems: pattern(/^([A-Za-z][A-Za-z0-9+.-]*:|\/)/, 'invalid URI for request') },
  uuid: { name: 'uuid', problems: pattern(UUID, 'does not match the UUID format') },
  byte: { name: 'byte', problems: pattern(BASE64, 'invalid base64') },
  date: { name: 'date', problems: pattern(DATE, 'invalid date') },
  datetime: { name: 'datetime', problems: pattern(DATE_TIME, 'invalid datetime') },
}

/** Named formats: `format.dns1123Label().validate(text)`. */
export const NAMED_FORMATS: Library = {
  ...Object.fromEntries(
    Object.entries(FORMATS).map(([name, format]) => [
      `format.${name}`,
      [plain(`format.${name}`, [], FORMAT.type, () => new Box(FORMAT, format))],
    ]),
  ),
  'format.named': [
    plain('format-named', [STRING], optionalOf(FORMAT.type), (name) => {
      const format = FORMATS[name as string]
      return new Optional(format === undefined ? undefined : new Box(FORMAT, format))
    }),
  ],
  validate: [
    method('format-validate', [FORMAT.type, STRING], optionalOf(listOf(STRING)), (format, text) => {
      const found = unbox(format, FORMAT).problems(text as string)
      return new Optional(found.length === 0 ? undefined : new CelList([...found]))
    }),
  ],
}
