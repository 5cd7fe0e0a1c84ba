import type { JsonObject, KubeObject } from '../../../api/index.ts'
import { jsonEqual, listAt, objectAt, stringAt, stringsAt } from '../../../api/index.ts'
import type { Clock, FaultReport } from '../../../base/index.ts'
import { timestamp } from '../context.ts'
import { prefixOf } from '../object-storage.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { ResourceRegistry } from '../registry/registry.ts'
import { followObjects, type SelfClient } from '../self-client.ts'
import { CLEANUP_FINALIZER } from './crd-rules.ts'
import { type ConversionParts, webhookConversion } from './conversion-webhook.ts'
import { definitionsOf } from './custom-resource.ts'

const PREFIX = 'apiextensions.k8s.io/customresourcedefinitions/'
const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const RETRY_MS = 200

/** What following CustomResourceDefinitions needs. */
export interface CustomResourceParts extends ConversionParts {
  readonly registry: ResourceRegistry
  readonly clock: Clock
  readonly send: SelfClient
  readonly report: FaultReport
}

/**
 * Follows the stored CustomResourceDefinitions: accepts their names, serves what they describe, and deletes the instances of
 * those that go. Those that are established are served at once, so that a restart serves them from the first request on.
 */
export class CustomResources {
  readonly #parts: CustomResourceParts
  /** What is served, by definition. */
  readonly #served = new Map<string, readonly ResourceDefinition[]>()

  constructor(parts: CustomResourceParts) {
    this.#parts = parts
  }

  start(): void {
    followObjects(
      this.#parts,
      PREFIX,
      (crd) => this.#follow(crd),
      (crd) => this.#stopServing(nameOf(crd)),
    )
  }

  #follow(crd: KubeObject): void {
    const wanted = this.#statusFor(crd)
    if (wanted !== undefined) {
      void this.#parts.send('PUT', `${PATH}/${nameOf(crd)}/status`, { ...crd, status: wanted })
      return
    }
    if (isTrue(crd, 'Established')) this.#serve(crd)
    if (crd.metadata.deletionTimestamp !== undefined) this.#beginCleanUp(crd)
  }

  #serve(crd: KubeObject): void {
    const name = nameOf(crd)
    const next = definitionsOf(crd, webhookConversion(this.#parts, crd))
    const before = this.#served.get(name) ?? []
    this.#served.set(name, next)
    for (const old of before) {
      if (!next.some((each) => each.version === old.version)) this.#parts.registry.remove(old, old.plural)
    }
    for (const definition of next) this.#parts.registry.put(definition)
  }

  #stopServing(name: string): void {
    for (const definition of this.#served.get(name) ?? []) this.#parts.registry.remove(definition, definition.plural)
    this.#served.delete(name)
  }

  #beginCleanUp(crd: KubeObject): void {
    this.#cleanUp(crd).catch((error: unknown) => this.#parts.report('custom-resources', nameOf(crd), error))
  }

  /** Deletes the instances; when none is left the definition may go. */
  async #cleanUp(crd: KubeObject): Promise<void> {
    const name = nameOf(crd)
    if (!(crd.metadata.finalizers ?? []).includes(CLEANUP_FINALIZER)) return
    const served = this.#served.get(name) ?? definitionsOf(crd, webhookConversion(this.#parts, crd))
    // In the version in which they are stored, objects are deleted without a conversion.
    const definition = served.find((each) => each.version === each.storageVersion) ?? served[0]
    if (definition !== undefined && (await this.#deleteInstances(definition)) > 0) {
      this.#parts.clock.after(RETRY_MS, () => this.#retry(name))
      return
    }
    this.#stopServing(name)
    const live = this.#parts.store.get(PREFIX + name)?.value as KubeObject | undefined
    if (live === undefined) return
    const finalizers = (live.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP_FINALIZER)
    const code = await this.#parts.send('PUT', `${PATH}/${name}`, {
      ...live,
      metadata: { ...live.metadata, finalizers },
    })
    if (code === 409) this.#retry(name)
  }

  #retry(name: string): void {
    const live = this.#parts.store.get(PREFIX + name)?.value as KubeObject | undefined
    if (live?.metadata.deletionTimestamp !== undefined) this.#beginCleanUp(live)
  }

  /** Asks for the deletion of every instance; gives the number of those that finalizers still hold. */
  async #deleteInstances(definition: ResourceDefinition): Promise<number> {
    const { store, send } = this.#parts
    const prefix = prefixOf(definition, '')
    for (const entry of store.range(prefix).entries) {
      const { name = '', namespace, deletionTimestamp } = (entry.value as KubeObject).metadata
      if (deletionTimestamp !== undefined) continue
      const scope = namespace === undefined ? '' : `namespaces/${namespace}/`
      await send('DELETE', `/apis/${definition.group}/${definition.version}/${scope}${definition.plural}/${name}`)
    }
    return store.count(prefix)
  }

  /** The status that the definition should have; undefined when it has it. */
  #statusFor(crd: KubeObject): JsonObject | undefined {
    const status = (crd.status ?? {}) as JsonObject
    const names = (objectAt(crd.spec, 'names') ?? {}) as JsonObject
    const conflict = this.#nameConflict(crd)
    const now = timestamp(this.#parts.clock)
    const accepted = conflict === undefined
    const conditions = listAt(status, 'conditions')
    const next = [
      condition(
        'NamesAccepted',
        accepted,
        accepted ? 'NoConflicts' : conflict.reason,
        accepted ? 'no conflicts found' : conflict.message,
      ),
      ...(accepted || isTrue(crd, 'Established')
        ? [condition('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted')]
        : [condition('Established', false, 'NotAccepted', 'not all names are accepted')]),
    ].map((each) => {
      const before = conditions.find((other) => stringAt(other, 'type') === each.type)
      const same = before !== undefined && before.status === each.status && before.reason === each.reason
      return same ? before : { ...each, lastTransitionTime: now, ...messageLast(each) }
    })
    const own = new Set(['NamesAccepted', 'Established'])
    const others = conditions.filter((each) => !own.has(stringAt(each, 'type'))).map((each) => underWay(crd, each))
    const acceptedNames = accepted ? names : objectAt(status, 'acceptedNames')
    const wanted: JsonObject = {
      ...status,
      conditions: [...next, ...others],
      ...(acceptedNames !== undefined && { acceptedNames }),
    }
    return jsonEqual(wanted, status) ? undefined : wanted
  }

  /** Another definition of the group, or a built-in resource, that has one of the names already. */
  #nameConflict(crd: KubeObject): { reason: string; message: string } | undefined {
    const names = objectAt(crd.spec, 'names')
    const group = stringAt(crd.spec, 'group')
    const taken = new Map<string, string>()
    for (const entry of this.#parts.store.range(PREFIX).entries) {
      const other = entry.value as KubeObject
      if (nameOf(other) === nameOf(crd) || stringAt(other.spec, 'group') !== group) continue
      const accepted = objectAt(other.status, 'acceptedNames')
      for (const name of [
        stringAt(accepted, 'plural'),
        stringAt(accepted, 'singular'),
        ...stringsAt(accepted, 'shortNames'),
      ]) {
        if (name !== '') taken.set(name, nameOf(other))
      }
      for (const kind of [stringAt(accepted, 'kind'), stringAt(accepted, 'listKind')]) {
        if (kind !== '') taken.set(`kind ${kind}`, nameOf(other))
      }
    }
    const check = (reason: string, key: string, shown: string): { reason: string; message: string } | undefined =>
      taken.has(key) ? { reason, message: `${JSON.stringify(shown)} is already in use` } : undefined
    return (
      check('PluralConflict', stringAt(names, 'plural'), stringAt(names, 'plural')) ??
      check('SingularConflict', stringAt(names, 'singular'), stringAt(names, 'singular')) ??
      stringsAt(names, 'shortNames')
        .map((name) => check('ShortNamesConflict', name, name))
        .find((each) => each !== undefined) ??
      check('KindConflict', `kind ${stringAt(names, 'kind')}`, stringAt(names, 'kind')) ??
      check('ListKindConflict', `kind ${stringAt(names, 'listKind')}`, stringAt(names, 'listKind'))
    )
  }
}

function nameOf(crd: KubeObject): string {
  return crd.metadata.name ?? ''
}

function isTrue(crd: KubeObject, type: string): boolean {
  return listAt(crd.status, 'conditions').some(
    (each) => stringAt(each, 'type') === type && stringAt(each, 'status') === 'True',
  )
}

function condition(type: string, isTrue: boolean, reason: string, message: string): JsonObject {
  return { type, status: isTrue ? 'True' : 'False', reason, message }
}

/** Puts reason and message behind the time, where Kubernetes prints them. */
function messageLast({ reason, message }: JsonObject): JsonObject {
  return { reason, message }
}

/** Once its instances are being deleted, a definition that is to go says so. */
function underWay(crd: KubeObject, condition: JsonObject): JsonObject {
  if (stringAt(condition, 'type') !== 'Terminating') return condition
  if (!(crd.metadata.finalizers ?? []).includes(CLEANUP_FINALIZER)) return condition
  return { ...condition, reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' }
}
