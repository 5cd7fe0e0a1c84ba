import {
  elementTypeOf,
  GoNil,
  GoNumber,
  GoObject,
  goKind,
  goType,
  keyTypeOf,
  NamedMap,
  NamedSlice,
  numberMethod,
  quote,
  TypedMap,
  zeroValue,
  type GoCallable,
  type GoMap,
  type GoValue,
} from '../../go/index.ts'
import type { Node } from '../node.ts'
import type { Execution } from './state.ts'

/** Where a field is read, for errors. */
export interface FieldSite {
  /** Undefined: the node that an `and` or `or` visited last. */
  readonly node: Node | undefined
  /** Go type of the receiver as the template sees it; asked only for errors. */
  readonly typeOf: (execution: Execution, receiver: GoValue) => string
}

/** Method of a value, or undefined. */
export function methodOf(receiver: GoValue, name: string): GoCallable | undefined {
  if (receiver instanceof NamedMap || receiver instanceof GoObject || receiver instanceof NamedSlice) {
    return receiver.methods.get(name)
  }
  return receiver instanceof GoNumber ? numberMethod(receiver, name) : undefined
}

/**
 * `.name` of a receiver, which is `parentName` of `parent` when it comes from a chain, without arguments and not a method: a map's element or a struct's field. As Go's evalField.
 */
export function fieldOf(
  execution: Execution,
  receiver: GoValue,
  name: string,
  site: FieldSite,
  parent?: GoValue,
  parentName?: string,
): GoValue {
  if (receiver instanceof Map && isFieldKey(receiver)) {
    const value = receiver.get(name)
    return value === undefined ? missingKey(execution, receiver, name, site) : value
  }
  const found = fieldOfOther(execution, receiver, name, site)
  if (found !== NO_FIELD) return found
  const type = parentName === undefined ? site.typeOf(execution, receiver) : typeOfField(parent, parentName, receiver)
  throw execution.fail(site.node, noField(receiver, name, type))
}

function noField(receiver: GoValue, name: string, type: string): string {
  if (receiver instanceof GoObject && receiver.fields.has(name)) {
    return `${name} is an unexported field of struct type ${type}`
  }
  return `can't evaluate field ${name} in type ${type}`
}

/** Whether Go exports a field: its name begins with an upper-case letter. */
function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name)
}

/** Whether a field name can be a key of the map. */
function isFieldKey(map: GoMap): boolean {
  return !(map instanceof TypedMap) || map.keyType === 'string' || map.keyType === 'interface {}'
}

/** A receiver that has no such field. */
const NO_FIELD = Symbol('no field')

function missingKey(execution: Execution, map: GoMap, name: string, site: FieldSite): GoValue {
  if (map.has(name)) return map.get(name)
  return missingElement(execution, elementTypeOf(map), name, site)
}

function missingElement(execution: Execution, elementType: string, name: string, site: FieldSite): GoValue {
  switch (execution.missingKey) {
    case 'default':
      return undefined
    case 'zero':
      return zeroValue(elementType)
    case 'error':
      throw execution.fail(site.node, `map has no entry for key ${quote(name)}`)
  }
}

function fieldOfOther(
  execution: Execution,
  receiver: GoValue,
  name: string,
  site: FieldSite,
): GoValue | typeof NO_FIELD {
  if (receiver === undefined) {
    if (execution.missingKey === 'error') {
      throw execution.fail(site.node, `nil data; no entry for key ${quote(name)}`)
    }
    return undefined
  }
  if (receiver === null) throw execution.fail(site.node, `nil pointer evaluating interface {}.${name}`)
  if (receiver instanceof GoObject) {
    const value = receiver.fields.get(name)
    if ((value !== undefined || receiver.fields.has(name)) && isExported(name)) return value
  }
  if (receiver instanceof GoNil) {
    const kind = goKind(receiver)
    if (kind === 'map' && keyTypeOf(receiver) === 'string') {
      return missingElement(execution, elementTypeOf(receiver), name, site)
    }
    if (kind === 'ptr') throw execution.fail(site.node, `nil pointer evaluating ${receiver.typeName}.${name}`)
  }
  return NO_FIELD
}

/** `.name` with arguments, where `name` is no method: always an error, or no value without a receiver. */
export function fieldWithArguments(
  execution: Execution,
  receiver: GoValue,
  name: string,
  site: FieldSite,
  parent?: GoValue,
  parentName?: string,
): GoValue {
  const isMap = receiver instanceof Map || (receiver instanceof GoNil && goKind(receiver) === 'map')
  if (isMap && (keyTypeOf(receiver) === 'string' || keyTypeOf(receiver) === 'interface {}')) {
    throw execution.fail(site.node, `${name} is not a method but has arguments`)
  }
  if (receiver instanceof GoObject && receiver.fields.has(name) && isExported(name)) {
    throw execution.fail(site.node, `${name} has arguments but cannot be invoked as function`)
  }
  return fieldOf(execution, receiver, name, site, parent, parentName)
}

/** Go type of what `name` gave from `parent`, as the template sees it: that of the element, field or result. */
export function typeOfField(parent: GoValue, name: string, value: GoValue): string {
  const method = methodOf(parent, name)
  if (method !== undefined) return method.result ?? 'interface {}'
  if (parent instanceof Map) return elementTypeOf(parent)
  if (parent instanceof GoObject)
    return parent.fieldTypes.get(name) ?? (value === null ? 'interface {}' : goType(value))
  return value === null || value === undefined ? 'interface {}' : goType(value)
}
