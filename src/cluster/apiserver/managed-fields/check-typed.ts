import type { Json, SchemaNode } from '../../../api/index.ts'
import { elementOfItem, isMap, type ListShape, type MapShape, narrow, shapeOf, typeOfField } from './atom.ts'
import { fieldElement, printElement } from './path-element.ts'

/**
 * Why an applied configuration does not fit its type, in structured-merge-diff's words
 * (`.data.a: expected string, got …`); undefined when it fits.
 */
export function checkTyped(node: SchemaNode, value: Json): string | undefined {
  const errors: string[] = []
  check(node, value, '', errors)
  if (errors.length <= 1) return errors[0]
  return ['errors:', ...errors.map((error) => `  ${error}`)].join('\n')
}

function check(node: SchemaNode, value: Json, path: string, errors: string[]): void {
  const shape = narrow(shapeOf(node), value)
  const report = (text: string): void => {
    errors.push(`${path}: ${text}`)
  }
  if (value === null) return
  if (shape.map) {
    if (isMap(value)) checkMap(shape.map, value, path, errors)
    else report(`expected map, got &{${printValue(value)}}`)
  } else if (shape.scalar !== undefined) {
    const problem = checkScalar(shape.scalar, value)
    if (problem) report(problem)
  } else if (shape.list) {
    if (Array.isArray(value)) checkList(shape.list, value, path, errors)
    else report(`expected list, got &{${printValue(value)}}`)
  }
}

function checkMap(
  map: MapShape,
  value: { readonly [key: string]: Json | undefined },
  path: string,
  errors: string[],
): void {
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    const at = path + printElement(fieldElement(name))
    const node = typeOfField(map, name)
    if (!node) {
      errors.push(`${at}: field not declared in schema`)
      return
    }
    check(node, member, at, errors)
  }
}

function checkList(list: ListShape, value: readonly Json[], path: string, errors: string[]): void {
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    let element = `i:${index}`
    if (!list.atomic) {
      const found = elementOfItem(list, item)
      if ('error' in found) {
        errors.push(`${path}: element ${index}: ${found.error}`)
        return
      }
      element = found.element
      if (seen.has(element)) errors.push(`${path}: duplicate entries for key ${printElement(element)}`)
      seen.add(element)
    }
    check(list.item, item, path + printElement(element), errors)
  }
}

function checkScalar(scalar: 'string' | 'numeric' | 'boolean' | 'untyped', value: Json): string | undefined {
  switch (scalar) {
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${printSyntax(value)}}`
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${printValue(value)}}`
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got &{${printValue(value)}}` : undefined
  }
}

function goTypeOf(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

/** Go's `%v`. */
function printValue(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(printValue).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const names = Object.keys(value).sort()
  return `map[${names.map((name) => `${name}:${printValue(value[name])}`).join(' ')}]`
}

/** Go's `%#v`. */
function printSyntax(value: Json | undefined): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(printSyntax).join(', ')}}`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  const names = Object.keys(value).sort()
  return `map[string]interface {}{${names.map((name) => `${JSON.stringify(name)}:${printSyntax(value[name])}`).join(', ')}}`
}
