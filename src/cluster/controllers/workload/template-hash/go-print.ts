import { formatQuantity, quantityStyle, quantityValue } from '../../../control/index.ts'
import { templateLayout } from './layout.ts'

interface Field {
  readonly name: string
  /** Key in JSON; undefined: embedded. */
  readonly key: string | undefined
  readonly type: string
}

let structs: ReadonlyMap<string, readonly Field[]> | undefined

function layout(): ReadonlyMap<string, readonly Field[]> {
  structs ??= new Map(
    templateLayout.map((line) => {
      const colon = line.indexOf(': ')
      const fields = line
        .slice(colon + 2)
        .split('|')
        .map((field): Field => {
          const [name = '', json = '', type = ''] = field.split(' ')
          const key = json === '-' ? undefined : json === '=' ? `${name.charAt(0).toLowerCase()}${name.slice(1)}` : json
          return { name, key, type }
        })
      return [line.slice(0, colon), fields]
    }),
  )
  return structs
}

const integers = new Set(['int', 'int32', 'int64'])

/** Zero of a type that is neither struct, pointer, list nor map. */
function zero(type: string): string {
  if (type === 'bool') return 'false'
  return integers.has(type) ? '0' : ''
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}

function printMap(value: Record<string, unknown>, element: string): string {
  const entries = Object.keys(value)
    .sort(byBytes)
    .map((key) => `${key}:${printValue(value[key], element)}`)
  return `map[${entries.join(' ')}]`
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function printStruct(value: Record<string, unknown>, type: string): string {
  const fields = (layout().get(type) ?? []).map(({ name, key, type: fieldType }) => {
    const inner = key === undefined ? value : value[key]
    return `${name}:(${fieldType})${printValue(inner, fieldType)}`
  })
  return `{${fields.join(' ')}}`
}

/** Prints a JSON value as a value of a Go type, as spew prints it with types but without addresses and capacities. */
export function printValue(value: unknown, type: string): string {
  if (type.startsWith('*')) return value === undefined || value === null ? '<nil>' : printValue(value, type.slice(1))
  if (type.startsWith('[]')) {
    if (isEmpty(value)) return '<nil>'
    return `[${(value as unknown[]).map((item) => printValue(item, type.slice(2))).join(' ')}]`
  }
  if (type === 'v1.ResourceList')
    return isEmpty(value) ? '<nil>' : printMap(value as Record<string, unknown>, 'resource.Quantity')
  if (type.startsWith('map[')) {
    return isEmpty(value) ? '<nil>' : printMap(value as Record<string, unknown>, type.slice(type.indexOf(']') + 1))
  }
  if (type === 'v1.Time') return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'
  if (type === 'resource.Quantity') return printQuantity(String(value ?? '0'))
  if (type === 'intstr.IntOrString') {
    const text = typeof value === 'string'
    return `{Type:(intstr.Type)${text ? 1 : 0} IntVal:(int32)${text ? 0 : (value ?? 0)} StrVal:(string)${text ? value : ''}}`
  }
  if (layout().has(type)) return printStruct((value ?? {}) as Record<string, unknown>, type)
  return value === undefined || value === null ? zero(type) : String(value)
}

const exponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const powers: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/** The canonical spelling of a quantity, in which the API server stores it. */
export function canonicalQuantity(text: string): string {
  if (/[eE][+-]?[0-9]+$/.test(text)) return text
  const value = quantityValue(text)
  const binary = quantityStyle(text) === 'binary' && Math.abs(value) >= 1024
  return formatQuantity(value, binary ? 'binary' : 'decimal')
}

/** Go keeps a quantity as a number and a power of ten, and its spelling when that is how it would be printed. */
function printQuantity(given: string): string {
  const text = canonicalQuantity(given)
  const print = (value: bigint, scale: number, spelling: string, format: string): string =>
    `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${spelling} Format:(resource.Format)${format}}`
  if (text === '0') return print(0n, 0, '0', 'DecimalSI')
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent, suffix = ''] = match ?? []
  const digits = `${whole}${fraction}` || '0'
  const signed = (value: bigint): bigint => (sign === '-' ? -value : value)
  const power = powers[suffix]
  if (power !== undefined) {
    const value = BigInt(digits)
    const spelling = power % 10 === 0 && (value & 7n) !== 0n ? text : ''
    return print(signed(value << BigInt(power)), 0, spelling, 'BinarySI')
  }
  const scale = (exponent === undefined ? (exponents[suffix] ?? 0) : Number(exponent)) - fraction.length
  const spelling = scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0') ? text : ''
  return print(signed(BigInt(digits)), scale, spelling, exponent === undefined ? 'DecimalSI' : 'DecimalExponent')
}
