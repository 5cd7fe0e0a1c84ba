import { apiVersionOf, type KubeObject } from '../../api/index.ts'
import type { StoredValue, StoreEntry } from '../store/index.ts'
import { cloneJson } from './clone.ts'
import { badRequest } from './errors.ts'
import type { ResourceDefinition } from './registry/resource.ts'

/** Prefix of the keys of a resource, or of its objects in one namespace. */
export function prefixOf(definition: ResourceDefinition, namespace: string): string {
  const group = definition.storageGroup ?? definition.group
  const base = `${group === '' ? 'core' : group}/${definition.plural}/`
  return definition.namespaced && namespace !== '' ? `${base}${namespace}/` : base
}

/** Key of one object. Throws 400 for names that no object can have, since they would lead to another path of a store. */
export function keyOf(definition: ResourceDefinition, namespace: string, name: string): string {
  const problem = name === '.' || name === '..' ? `may not be '${name}'` : misplacedCharacter(name)
  if (problem !== undefined) throw badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${problem}`)
  return prefixOf(definition, namespace) + name
}

function misplacedCharacter(name: string): string | undefined {
  const found = ['/', '%'].find((character) => name.includes(character))
  return found === undefined ? undefined : `may not contain '${found}'`
}

/** Puts the revision of a write into metadata.resourceVersion. */
export function stampResourceVersion(value: StoredValue, revision: number): StoredValue {
  const { kind, apiVersion, metadata, ...rest } = value as KubeObject
  // kind and apiVersion first, as Kubernetes prints: lists of built-in kinds leave them out of their items.
  const { name, generateName, namespace, uid, resourceVersion: _old, ...more } = metadata
  const stamped = {
    ...(name !== undefined && { name }),
    ...(generateName !== undefined && { generateName }),
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    resourceVersion: String(revision),
    ...more,
  }
  return { kind, apiVersion, metadata: stamped, ...rest }
}

/** The `apiVersion` under which objects are kept. */
function storedApiVersion(definition: ResourceDefinition): string {
  return apiVersionOf({
    group: definition.storageGroup ?? definition.group,
    version: definition.storageVersion ?? definition.version,
  })
}

/** Whether what is stored can be answered as it is. */
export function isStoredForm(definition: ResourceDefinition, stored: KubeObject): boolean {
  if (stored.apiVersion !== apiVersionOf(definition)) return false
  return definition.shown === undefined || definition.shown(stored) === stored
}

/**
 * Makes entries readable by `fromStored`; undefined when they are already, as all are but those that a webhook converts.
 * `fresh`: the webhook is asked again for what it has converted before.
 */
export function settle(
  definition: ResourceDefinition,
  entries: readonly StoreEntry[],
  fresh = false,
): Promise<void> | undefined {
  const { conversion } = definition
  if (conversion === undefined) return undefined
  return conversion.settle(
    entries.map((entry) => entry.value as KubeObject),
    fresh,
  )
}

/**
 * The stored object in the version of `definition`. Shared, not a copy, when nothing has to change. Where a webhook converts,
 * the entry has to be settled.
 */
export function fromStored(definition: ResourceDefinition, entry: StoreEntry): KubeObject {
  const stored = entry.value as KubeObject
  if (isStoredForm(definition, stored)) return stored
  if (definition.conversion !== undefined && stored.apiVersion !== apiVersionOf(definition)) {
    return definition.conversion.shown(stored)
  }
  if (definition.convert !== undefined && stored.apiVersion === storedApiVersion(definition)) {
    return definition.convert.fromStorage(cloneJson(stored))
  }
  return { ...(definition.shown?.(stored) ?? stored), apiVersion: apiVersionOf(definition) }
}

/** An object as it is to be kept; a promise where a webhook has to be asked. */
export function toStored(definition: ResourceDefinition, object: KubeObject): KubeObject | Promise<KubeObject> {
  const target = storedApiVersion(definition)
  if (object.apiVersion === target) return object
  if (definition.conversion !== undefined) return definition.conversion.toStorage(object)
  if (definition.convert !== undefined) return definition.convert.toStorage(object)
  return { ...object, apiVersion: target }
}
