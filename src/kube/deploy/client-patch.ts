import {
  builtinSchema,
  createMergePatch,
  createThreeWayMergePatch,
  createThreeWayPatch,
  decodeObject,
  type JsonObject,
  type KubeObject,
} from '../../api/index.ts'
import { errorText } from '../../base/index.ts'
import type { Client, PatchType } from '../client.ts'
import { KubeClientError } from '../errors.ts'
import { getLive, placeOf, type ResourceInfo } from '../resources/info.ts'
import type { UpdateOptions } from './options.ts'

/**
 * Changes an object by a patch that is computed here, from the old manifest, the new one and the live object: a strategic
 * merge patch for built-in kinds, a merge patch for others. Gives the object as it is then. As Helm's patchResourceClientSide.
 */
export async function patchClientSide(
  client: Client,
  original: ResourceInfo,
  target: ResourceInfo,
  options: UpdateOptions,
): Promise<KubeObject> {
  const live = await readLive(client, target, options)
  const { type, patch } = computePatch(original.object, target, live, options)
  const { kind } = target.mapping.gvk
  if (Object.keys(patch).length === 0) {
    options.debug?.('no changes detected', { kind, name: target.name })
    return live
  }
  options.debug?.('patching resource', { kind, name: target.name, namespace: target.namespace })
  try {
    return await client.patch(target.mapping.gvr, placeOf(target), type, patch, {
      fieldManager: options.fieldManager,
      dryRun: options.dryRun,
      signal: options.signal,
    })
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    const text = `cannot patch ${JSON.stringify(target.name)} with kind ${kind}: ${errorText(error)}`
    throw new KubeClientError('INVALID_OBJECT', text, {}, error)
  }
}

async function readLive(client: Client, target: ResourceInfo, options: UpdateOptions): Promise<KubeObject> {
  try {
    return await getLive(client, target, options.signal)
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    const what = `unable to get data for current object ${target.namespace}/${target.name}`
    throw new KubeClientError('INVALID_OBJECT', `failed to create patch: ${what}: ${errorText(error)}`, {}, error)
  }
}

function computePatch(
  original: KubeObject,
  target: ResourceInfo,
  live: KubeObject,
  options: UpdateOptions,
): { readonly type: PatchType; readonly patch: JsonObject } {
  const [before, after, now] = [original, target.object, live] as unknown as [JsonObject, JsonObject, JsonObject]
  const { gvk } = target.mapping
  const known = SERVER_ONLY_GROUPS.has(gvk.group) ? undefined : builtinSchema(gvk)?.node
  // What does not fit its type is, to Helm, an object of no known type.
  if (known !== undefined && decodeObject(known, after).error === undefined) {
    return { type: 'strategic', patch: createThreeWayPatch(before, after, now, known) }
  }
  if (!options.threeWayMergeForUnstructured) return { type: 'merge', patch: createMergePatch(before, after) }
  for (const path of ['apiVersion', 'kind', 'metadata.name']) {
    if (fieldAt(before, path) === fieldAt(after, path)) continue
    const text = 'failed to create patch: at least one field was changed: apiVersion, kind or name'
    throw new KubeClientError('INVALID_OBJECT', text)
  }
  return { type: 'merge', patch: createThreeWayMergePatch(before, after, now) }
}

/** Groups that client-go's scheme does not know, so that Helm treats their kinds as custom ones. */
const SERVER_ONLY_GROUPS: ReadonlySet<string> = new Set(['apiregistration.k8s.io'])

function fieldAt(object: JsonObject, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (at as JsonObject | undefined)?.[key], object)
}
