import type { KubeObject } from '../../api/index.ts'
import { errorText } from '../../base/index.ts'
import type { Client } from '../client.ts'
import { isNotFound, KubeClientError } from '../errors.ts'
import { getLive, infoKey, placeOf, type ResourceInfo, sameObject } from '../resources/info.ts'
import { mayJoin, reasonsOf, settleAll } from './batches.ts'
import { patchClientSide } from './client-patch.ts'
import { createOne } from './create.ts'
import { upgradeFieldManager } from './csa-upgrade.ts'
import { deleteOne } from './delete.ts'
import { joinFailures } from './joined.ts'
import type { UpdateOptions, UpdateResult } from './options.ts'
import { applyServerSide } from './server-apply.ts'

/** The annotation that keeps an object from being deleted, and its value. */
export const RESOURCE_POLICY = { annotation: 'helm.sh/resource-policy', keep: 'keep' } as const

/**
 * Brings the cluster from `originals` to `targets`: creates what is missing, changes what is there, deletes what left.
 * A create that fails ends it; changes that fail are collected and keep the deletions from running. Never rejects: the
 * failure is part of the result. As Helm's `kube.Client.Update`.
 */
export async function updateAll(
  client: Client,
  originals: readonly ResourceInfo[],
  targets: readonly ResourceInfo[],
  options: UpdateOptions,
): Promise<UpdateResult<ResourceInfo>> {
  const created: ResourceInfo[] = []
  const updated: ResourceInfo[] = []
  const deleted: ResourceInfo[] = []
  const done = (error: unknown): UpdateResult<ResourceInfo> => ({ created, updated, deleted, error })
  try {
    checkOptions(options)
    const failures: unknown[] = []
    for (const run of await runsOf(client, targets, options)) {
      options.signal?.throwIfAborted()
      if (run.failure !== undefined) throw run.failure
      const repeated = run.isRepeated ? await lookUp(client, run.targets[0], options) : undefined
      const live = repeated === undefined ? run.live : [repeated]
      if (live === undefined) {
        created.push(...run.targets)
        for (const target of run.targets) await createMissing(client, target, options)
      } else {
        updated.push(...run.targets)
        const results = await settleAll(run.targets, (target) =>
          changeOne(client, originals, target, { ...run, live }, options),
        )
        failures.push(...reasonsOf(results))
      }
    }
    if (failures.length > 0) return done(joinFailures(failures, ' && '))
    const left = originals.filter((original) => !targets.some((target) => sameObject(original, target)))
    for (const info of left) {
      options.signal?.throwIfAborted()
      await prune(client, info, options, deleted, failures)
    }
    return done(failures.length > 0 ? joinFailures(failures, ' && ') : undefined)
  } catch (error) {
    return done(error)
  }
}

function checkOptions(options: UpdateOptions): void {
  const refuse = (text: string): never => {
    throw new KubeClientError('CONFIGURATION', text)
  }
  if (!options.serverSide && options.forceConflicts) {
    refuse('invalid client update option(s): forceConflicts enabled when serverSideApply disabled')
  }
  if (options.threeWayMergeForUnstructured && options.serverSide) {
    refuse('invalid operation: cannot use three-way merge for unstructured and server-side apply together')
  }
  if (options.forceConflicts && options.forceReplace) {
    refuse('invalid operation: cannot use force conflicts and force replace together')
  }
  if (options.serverSide && options.forceReplace) {
    refuse('invalid operation: cannot use server-side apply and force replace together')
  }
}

interface Run {
  readonly targets: ResourceInfo[]
  /** Live objects of the targets by index; undefined: the single target does not exist yet. */
  readonly live: KubeObject[] | undefined
  /** The single target stood in the manifest before: whether it exists shows when its turn comes. */
  readonly isRepeated: boolean
  /** The next target could not be looked up: nothing follows. */
  readonly failure?: unknown
}

/** Looks up all targets at once, then groups neighbours that exist and do not depend on one another: those may be changed in parallel. */
async function runsOf(client: Client, targets: readonly ResourceInfo[], options: UpdateOptions): Promise<Run[]> {
  const found = await settleAll(targets, (target) => lookUp(client, target, options))
  const runs: Run[] = []
  const seen = new Set<string>()
  for (const [index, target] of targets.entries()) {
    const result = found[index]
    if (result?.status === 'rejected') {
      runs.push({ targets: [], live: undefined, isRepeated: false, failure: result.reason })
      break
    }
    const live = result?.value
    const last = runs.at(-1)
    const isRepeated = seen.has(infoKey(target))
    seen.add(infoKey(target))
    if (live === undefined || isRepeated) runs.push({ targets: [target], live: undefined, isRepeated })
    else if (last?.live !== undefined && last.targets[0] !== undefined && mayJoin(last.targets[0], target)) {
      last.targets.push(target)
      last.live.push(live)
    } else runs.push({ targets: [target], live: [live], isRepeated })
  }
  return runs
}

/** The live object; undefined: there is none. */
async function lookUp(
  client: Client,
  target: ResourceInfo | undefined,
  options: UpdateOptions,
): Promise<KubeObject | undefined> {
  try {
    return target === undefined ? undefined : await getLive(client, target, options.signal)
  } catch (error) {
    if (isNotFound(error)) return undefined
    if (options.signal?.aborted === true) throw error
    const text = `could not get information about the resource: ${errorText(error)}`
    throw new KubeClientError('INVALID_OBJECT', text, {}, error)
  }
}

async function createMissing(client: Client, target: ResourceInfo, options: UpdateOptions): Promise<void> {
  try {
    await createOne(client, target, options)
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    throw new KubeClientError('INVALID_OBJECT', `failed to create resource: ${errorText(error)}`, {}, error)
  }
}

async function changeOne(
  client: Client,
  originals: readonly ResourceInfo[],
  target: ResourceInfo,
  run: Pick<Run, 'targets' | 'live'>,
  options: UpdateOptions,
): Promise<void> {
  const known = originals.find((original) => sameObject(original, target))
  if (known === undefined) {
    options.warn?.('resource exists on cluster but not in original release, using cluster state as baseline', {
      namespace: target.namespace,
      name: target.name,
      kind: target.mapping.gvk.kind,
    })
  }
  const live = run.live?.[run.targets.indexOf(target)]
  const original = known ?? (live === undefined ? target : { ...target, object: live })
  if (options.forceReplace) {
    await replaceOne(client, target, options)
    return
  }
  if (!options.serverSide) {
    await patchClientSide(client, original, target, options)
    return
  }
  if (options.upgradeClientSideFieldManager) await upgradeFieldManager(client, original, options, live)
  await applyServerSide(client, target, options)
}

/** A PUT with the live object's resource version; gives the object as stored. As cli-runtime's Helper.Replace with overwrite. */
export async function replaceOne(client: Client, target: ResourceInfo, options: UpdateOptions): Promise<KubeObject> {
  try {
    const live = await getLive(client, target, options.signal)
    const object: KubeObject = {
      ...target.object,
      metadata: { ...target.object.metadata, resourceVersion: live.metadata.resourceVersion ?? '' },
    }
    return await client.update(target.mapping.gvr, placeOf(target), object, {
      fieldManager: options.fieldManager,
      fieldValidation: 'Strict',
      dryRun: options.dryRun,
      signal: options.signal,
    })
  } catch (error) {
    throw new KubeClientError('INVALID_OBJECT', `failed to replace object: ${errorText(error)}`, {}, error)
  }
}

async function prune(
  client: Client,
  info: ResourceInfo,
  options: UpdateOptions,
  deleted: ResourceInfo[],
  failures: unknown[],
): Promise<void> {
  const attributes = { namespace: info.namespace, name: info.name, kind: info.mapping.gvk.kind }
  options.debug?.('deleting resource', attributes)
  let live: KubeObject
  try {
    live = await getLive(client, info, options.signal)
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    options.debug?.('unable to get object', { ...attributes, error: errorText(error) })
    return
  }
  if (live.metadata.annotations?.[RESOURCE_POLICY.annotation] === RESOURCE_POLICY.keep) {
    options.debug?.('skipping delete due to annotation', attributes)
    return
  }
  try {
    await deleteOne(client, info, 'Background', options)
    deleted.push(info)
  } catch (error) {
    if (isNotFound(error)) return
    const { namespace, name, kind } = attributes
    const text = `failed to delete resource namespace=${namespace}, name=${name}, kind=${kind}: ${errorText(error)}`
    failures.push(new KubeClientError('INVALID_OBJECT', text, {}, error))
  }
}
