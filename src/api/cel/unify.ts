import { type CelType, DYN, isDyn, isError, sameType } from './types.ts'

/** What type variables stand for, by name. */
export type Bindings = Map<string, CelType>

/** Whether `a` may be used where `b` is wanted; binds type variables. Leaves `bindings` alone when not. */
export function isAssignable(bindings: Bindings, a: CelType, b: CelType): boolean {
  return attempt(bindings, (copy) => assignable(copy, a, b))
}

/** As isAssignable, for lists of the same length. */
export function areAssignable(bindings: Bindings, a: readonly CelType[], b: readonly CelType[]): boolean {
  return attempt(bindings, (copy) => allAssignable(copy, a, b))
}

function attempt(bindings: Bindings, check: (copy: Bindings) => boolean): boolean {
  const copy = new Map(bindings)
  if (!check(copy)) return false
  for (const [name, type] of copy) bindings.set(name, type)
  return true
}

function allAssignable(bindings: Bindings, a: readonly CelType[], b: readonly CelType[]): boolean {
  return (
    a.length === b.length &&
    a.every((each, index) => {
      const other = b[index]
      return other !== undefined && assignable(bindings, each, other)
    })
  )
}

function assignable(bindings: Bindings, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const { valid, bound } = substitutes(bindings, a, b)
    if (valid) return true
    if (bound) return false
  }
  if (a.kind === 'param') return substitutes(bindings, b, a).valid
  if (isDyn(a) || isError(a) || isDyn(b) || isError(b)) return true
  if (isNull(a)) return isNullable(b)
  if (isNull(b)) return isNullable(a)
  switch (a.kind) {
    case 'list':
      return b.kind === 'list' && assignable(bindings, a.item, b.item)
    case 'map':
      return b.kind === 'map' && assignable(bindings, a.key, b.key) && assignable(bindings, a.value, b.value)
    case 'opaque':
      return b.kind === 'opaque' && a.name === b.name && allAssignable(bindings, a.parameters, b.parameters)
    case 'type':
      return b.kind === 'type'
    default:
      return sameType(a, b)
  }
}

function isNull(type: CelType): boolean {
  return type.kind === 'primitive' && type.name === 'null'
}

function isNullable(type: CelType): boolean {
  if (type.kind === 'primitive') return type.name === 'null' || type.name === 'duration' || type.name === 'timestamp'
  return type.kind === 'opaque' || type.kind === 'object'
}

type Param = Extract<CelType, { kind: 'param' }>

/** Whether `type` may stand for `variable`, which is bound to the more general of what is known. */
function substitutes(bindings: Bindings, type: CelType, variable: Param): { valid: boolean; bound: boolean } {
  if (sameType(type, variable)) return { valid: true, bound: true }
  const known = bindings.get(variable.name)
  if (known !== undefined) {
    if (sameType(type, known)) return { valid: true, bound: true }
    if (!assignable(bindings, type, known)) return { valid: false, bound: true }
    const general = mostGeneral(type, known)
    if (!occurs(bindings, variable, general)) bindings.set(variable.name, general)
    return { valid: true, bound: true }
  }
  if (occurs(bindings, variable, type)) return { valid: false, bound: false }
  bindings.set(variable.name, type)
  return { valid: true, bound: false }
}

function occurs(bindings: Bindings, variable: Param, within: CelType): boolean {
  if (sameType(variable, within)) return true
  switch (within.kind) {
    case 'param': {
      const known = bindings.get(within.name)
      return known !== undefined && occurs(bindings, variable, known)
    }
    case 'list':
      return occurs(bindings, variable, within.item)
    case 'map':
      return occurs(bindings, variable, within.key) || occurs(bindings, variable, within.value)
    case 'opaque':
      return within.parameters.some((each) => occurs(bindings, variable, each))
    case 'type':
      return within.of !== undefined && occurs(bindings, variable, within.of)
    default:
      return false
  }
}

/** The more general of two types that fit each other. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return isAsGeneral(a, b) ? a : b
}

function isAsGeneral(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === 'param') return true
  if (isDyn(b) || b.kind === 'param' || a.kind !== b.kind) return false
  if (a.kind === 'list' && b.kind === 'list') return isAsGeneral(a.item, b.item)
  if (a.kind === 'map' && b.kind === 'map') return isAsGeneral(a.key, b.key) && isAsGeneral(a.value, b.value)
  if (a.kind === 'opaque' && b.kind === 'opaque') {
    return (
      a.name === b.name &&
      a.parameters.length === b.parameters.length &&
      a.parameters.every((each, index) => isAsGeneral(each, b.parameters[index] ?? DYN))
    )
  }
  return a.kind === 'type' || sameType(a, b)
}

/** Puts in what type variables stand for; those that stand for nothing become dyn when `free` says so. */
export function substitute(bindings: Bindings, type: CelType, free: 'keep' | 'dyn'): CelType {
  switch (type.kind) {
    case 'param': {
      const known = bindings.get(type.name)
      if (known !== undefined) return substitute(bindings, known, free)
      return free === 'dyn' ? DYN : type
    }
    case 'list':
      return { kind: 'list', item: substitute(bindings, type.item, free) }
    case 'map':
      return {
        kind: 'map',
        key: substitute(bindings, type.key, free),
        value: substitute(bindings, type.value, free),
      }
    case 'opaque':
      return { ...type, parameters: type.parameters.map((each) => substitute(bindings, each, free)) }
    case 'type':
      return type.of === undefined ? type : { kind: 'type', of: substitute(bindings, type.of, free) }
    default:
      return type
  }
}
