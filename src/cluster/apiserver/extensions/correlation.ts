import { jsonEqual, type JsonObject } from '../../../api/index.ts'
import { isObject } from '../clone.ts'

/** A value before the change that is checked, in a box: the value itself may be anything. */
export interface Before {
  readonly value: unknown
}

/** The field of an object before the change; undefined when there is none to compare with. */
export function fieldBefore(before: Before | undefined, name: string): Before | undefined {
  if (before === undefined || !isObject(before.value) || !Object.hasOwn(before.value, name)) return undefined
  return { value: before.value[name] }
}

/** The item of a list before the change: only items of lists that are maps can be told apart, by their keys. */
export function itemBefore(schema: JsonObject, before: Before | undefined, item: unknown): Before | undefined {
  if (before === undefined || schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(before.value))
    return undefined
  const keys = schema['x-kubernetes-list-map-keys']
  if (!Array.isArray(keys) || !isObject(item)) return undefined
  const found: unknown = before.value.find(
    (other: unknown) => isObject(other) && keys.every((key) => jsonEqual(other[String(key)], item[String(key)])),
  )
  return found === undefined ? undefined : { value: found }
}

/** Whether a value is as it was. */
export function isUnchanged(before: Before | undefined, value: unknown): boolean {
  return before !== undefined && jsonEqual(before.value, value)
}
