import { apiVersionOf, type KubeObject } from '../../api/index.ts'
import { errorText } from '../../base/index.ts'
import {
  applyServerSide,
  createOne,
  getLive,
  isConflict,
  isNotFound,
  patchClientSide,
  replaceOne,
  RESOURCE_POLICY,
  type ResourceInfo,
  sameObject,
  settleAll,
  type UpdateOptions,
} from '../../kube/index.ts'
import type { Plan } from '../plan/model.ts'
import { deployOptions, type ReleasePorts } from '../ports.ts'
import { diffFields, withoutServerFields } from './fields.ts'
import { hookChanges } from './hook-changes.ts'
import type { ObjectChange } from './model.ts'

/** How the objects of the plan would be written. */
export interface DiffOptions {
  readonly serverSide: boolean
  readonly forceConflicts: boolean
  readonly forceReplace: boolean
  readonly signal?: AbortSignal | undefined
}

/** What a plan would do to every object, as the server says in dry runs; nothing is changed. */
export async function diffPlan(ports: ReleasePorts, plan: Plan, options: DiffOptions): Promise<ObjectChange[]> {
  const changes: ObjectChange[] = []
  for (const step of [...plan.prepare, ...plan.steps]) {
    if (step.type === 'namespace') changes.push(...(await written(ports, [step.namespace], [], options)))
    if (step.type === 'create') changes.push(...(await written(ports, step.objects, [], options)))
    if (step.type === 'update') {
      const how = { ...options, upgrade: step.upgradeFieldManager }
      changes.push(...(await written(ports, step.objects, step.originals, how)))
      const left = step.originals.filter((original) => !step.objects.some((object) => sameObject(original, object)))
      changes.push(...(await pruned(ports, left, options)))
    }
    if (step.type === 'delete') changes.push(...(await pruned(ports, step.objects, options)))
  }
  return [...changes, ...hookChanges(plan.previous, plan.release, eventsOf(plan))]
}

/** What writing objects would do, apart from any plan. */
export async function diffObjects(
  ports: ReleasePorts,
  objects: readonly ResourceInfo[],
  options: DiffOptions,
): Promise<ObjectChange[]> {
  return written(ports, objects, [], options)
}

function eventsOf({ steps }: Plan): ReadonlySet<string> {
  return new Set(steps.flatMap((step) => (step.type === 'hooks' ? [step.event] : [])))
}

type Written = DiffOptions & { readonly upgrade?: boolean }

async function written(
  ports: ReleasePorts,
  targets: readonly ResourceInfo[],
  originals: readonly ResourceInfo[],
  options: Written,
): Promise<ObjectChange[]> {
  const results = await settleAll(targets, (target) => writtenOne(ports, target, originals, options))
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

async function writtenOne(
  ports: ReleasePorts,
  target: ResourceInfo,
  originals: readonly ResourceInfo[],
  options: Written,
): Promise<ObjectChange> {
  const live = await liveOf(ports, target, options.signal)
  const deploy: UpdateOptions = {
    ...deployOptions(ports, options),
    debug: undefined,
    dryRun: true,
    forceReplace: options.forceReplace,
    threeWayMergeForUnstructured: false,
    upgradeClientSideFieldManager: false,
  }
  const head = headOf(target)
  if (live === undefined) {
    try {
      const object = await createOne(ports.cluster.client, target, deploy)
      return { ...head, action: 'create', fields: [], object: withoutServerFields(object) as unknown as KubeObject }
    } catch (error) {
      // Its namespace or kind may only come with the operation.
      const missing = isNotFound(error) || (error instanceof Error && isNotFound(error.cause))
      const refusal = missing ? {} : { refusal: errorText(error) }
      return { ...head, action: 'create', fields: [], object: target.object, ...refusal }
    }
  }
  const original = originals.find((one) => sameObject(one, target)) ?? { ...target, object: live }
  const { after, refusal } = await changed(ports, original, target, deploy, options)
  const fields = after === undefined ? [] : diffFields(withoutServerFields(live), withoutServerFields(after))
  const action = fields.length > 0 || refusal !== undefined ? 'change' : 'none'
  return { ...head, action, fields, ...(refusal === undefined ? {} : { refusal }) }
}

interface Outcome {
  readonly after: KubeObject | undefined
  readonly refusal?: string
}

async function changed(
  ports: ReleasePorts,
  original: ResourceInfo,
  target: ResourceInfo,
  deploy: UpdateOptions,
  options: Written,
): Promise<Outcome> {
  const { client } = ports.cluster
  try {
    if (options.forceReplace) return { after: await replaceOne(client, target, deploy) }
    if (!options.serverSide) return { after: await patchClientSide(client, original, target, deploy) }
    return { after: await applyServerSide(client, target, deploy) }
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    const cause = error instanceof Error ? error.cause : undefined
    if (!options.serverSide || !isConflict(cause)) return { after: undefined, refusal: errorText(error) }
    // What a client-side update of ours owns is moved to the apply manager first; a dry run cannot do that.
    const own = options.upgrade === true && onlyOwnConflicts(cause.message, ports.fieldManager)
    const after = await applyServerSide(client, target, { ...deploy, forceConflicts: true }).catch(() => undefined)
    return own ? { after } : { after, refusal: errorText(error) }
  }
}

/** Whether a conflict is with updates of the same manager only. */
function onlyOwnConflicts(message: string, manager: string): boolean {
  const owners = [...message.matchAll(/conflicts? with "([^"]+)"/g)].map((match) => match[1])
  return owners.length > 0 && owners.every((owner) => owner === manager)
}

async function pruned(
  ports: ReleasePorts,
  infos: readonly ResourceInfo[],
  options: DiffOptions,
): Promise<ObjectChange[]> {
  const results = await settleAll(infos, async (info): Promise<ObjectChange | undefined> => {
    const live = await liveOf(ports, info, options.signal)
    if (live === undefined) return undefined
    const kept = live.metadata.annotations?.[RESOURCE_POLICY.annotation] === RESOURCE_POLICY.keep
    return { ...headOf(info), action: kept ? 'keep' : 'delete', fields: [] }
  })
  return results.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value === undefined ? [] : [result.value]
  })
}

async function liveOf(
  ports: ReleasePorts,
  info: ResourceInfo,
  signal: AbortSignal | undefined,
): Promise<KubeObject | undefined> {
  if (info.name === '') return undefined
  try {
    return await getLive(ports.cluster.client, info, signal)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** What names an object in a comparison. */
export function headOf(info: ResourceInfo): Pick<ObjectChange, 'apiVersion' | 'kind' | 'namespace' | 'name'> {
  const { gvk, namespaced } = info.mapping
  return {
    apiVersion: apiVersionOf(gvk),
    kind: gvk.kind,
    namespace: namespaced ? info.namespace : '',
    name: info.name === '' ? `${info.object.metadata.generateName ?? ''}*` : info.name,
  }
}
