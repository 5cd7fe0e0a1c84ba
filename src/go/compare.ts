import { invalidArgument, typeMismatch, type GoError } from './errors.ts'
import { sprintf } from './fmt/index.ts'
import { goKind, goType, integerOf, isSigned, isUnsigned } from './kind.ts'
import { compareStrings } from './utf8.ts'
import { GoComplex, GoNil, GoNumber, GoObject, type GoValue } from './value.ts'

/** Classes of kinds that text/template compares with each other. */
type BasicKind = 'none' | 'bool' | 'complex' | 'int' | 'float' | 'string' | 'uint'

function basicKind(value: GoValue): BasicKind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float'
    case 'bigint':
      return 'int'
    default:
      if (value instanceof GoNumber) {
        if (isSigned(value.kind)) return 'int'
        return isUnsigned(value.kind) ? 'uint' : 'float'
      }
      return value instanceof GoComplex ? 'complex' : 'none'
  }
}

const missingArgument = (): GoError => invalidArgument('missing argument for comparison')
const badComparisonType = (): GoError => typeMismatch('invalid type for comparison')
const incompatible = (a: GoValue, b: GoValue): GoError =>
  typeMismatch(`incompatible types for comparison: ${goType(a)} and ${goType(b)}`)

/** The template function `eq`: whether the first operand equals any of the others. Throws GoError. */
export function goEquals(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw missingArgument()
  for (const other of others) if (goEqual(first, other)) return true
  return false
}

/** `eq` of two operands. Throws GoError for kinds that cannot be compared. */
export function goEqual(a: GoValue, b: GoValue): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b
  const kind = basicKind(a)
  if (kind !== basicKind(b)) return equalAcrossKinds(a, b)
  switch (kind) {
    case 'bool':
    case 'string':
      return a === b
    case 'int':
    case 'uint':
      return integerOf(a) === integerOf(b)
    case 'float':
      return floatValue(a) === floatValue(b)
    case 'complex':
      return a instanceof GoComplex && b instanceof GoComplex && a.re === b.re && a.im === b.im
    case 'none':
      return equalOthers(a, b)
  }
}

function equalAcrossKinds(a: GoValue, b: GoValue): boolean {
  const x = integerOf(a)
  const y = integerOf(b)
  if (x !== undefined && y !== undefined) return x === y
  if (isMissing(a) || isMissing(b)) return false
  throw incompatible(a, b)
}

function isMissing(value: GoValue): boolean {
  return value === null || value === undefined
}

function isNilValue(value: GoValue): boolean {
  return isMissing(value) || value instanceof GoNil
}

function equalOthers(a: GoValue, b: GoValue): boolean {
  if (!isMissing(a) && !isMissing(b) && goKind(a) !== goKind(b)) {
    throw typeMismatch(sprintf('non-comparable types %s: %s, %s: %v', a, goType(a), goType(b), b))
  }
  if (isNilValue(a) || isNilValue(b)) return isNilValue(a) && isNilValue(b)
  const kind = goKind(b)
  if (kind === 'map' || kind === 'slice' || kind === 'func' || (kind === 'struct' && !isComparable(b))) {
    throw typeMismatch(sprintf('non-comparable type %s: %s', b, goType(b)))
  }
  return sameObject(a, b)
}

function isComparable(value: GoValue): boolean {
  if (value instanceof GoObject && !value.pointer) return [...value.fields.values()].every(isComparable)
  const kind = goKind(value)
  return kind !== 'map' && kind !== 'slice' && kind !== 'func'
}

function sameObject(a: GoValue, b: GoValue): boolean {
  if (a === b) return true
  if (!(a instanceof GoObject) || !(b instanceof GoObject) || a.pointer || b.pointer) return false
  if (a.typeName !== b.typeName || a.identity !== b.identity) return false
  for (const [name, field] of a.fields) {
    const other = b.fields.get(name)
    if (goType(field) !== goType(other) || !goEqual(field, other)) return false
  }
  return true
}

function floatValue(value: GoValue): number {
  return typeof value === 'number' ? value : value instanceof GoNumber ? Number(value.value) : Number.NaN
}

/** The template function `lt`. Throws GoError. */
export function goLess(a: GoValue, b: GoValue): boolean {
  const kind = basicKind(a)
  const other = basicKind(b)
  if (kind === 'none' || other === 'none') throw badComparisonType()
  const x = integerOf(a)
  const y = integerOf(b)
  if (x !== undefined && y !== undefined) return x < y
  if (kind !== other) throw incompatible(a, b)
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b) < 0
  if (kind === 'float') return floatValue(a) < floatValue(b)
  throw badComparisonType()
}

/** The template function `le`. Throws GoError. */
export function goLessOrEqual(a: GoValue, b: GoValue): boolean {
  return goLess(a, b) || goEqual(a, b)
}
