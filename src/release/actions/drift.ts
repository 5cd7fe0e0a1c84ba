import type { KubeObject, ManagedFieldsEntry } from '../../api/index.ts'
import {
  applyServerSide,
  buildResources,
  createOne,
  getLive,
  isNotFound,
  type ResourceInfo,
  settleAll,
} from '../../kube/index.ts'
import { headOf } from '../diff/diff-plan.ts'
import { diffFields, type FieldChange, withoutServerFields } from '../diff/fields.ts'
import { fieldOwner } from '../diff/owners.ts'
import type { ObjectChange } from '../diff/model.ts'
import type { Release } from '../model.ts'
import { withOwner } from '../ownership.ts'
import { deployOptions, type ReleasePorts } from '../ports.ts'

/** A field that is not as the release says. `before` is what is there, `after` what the release wants. */
export interface DriftedField extends FieldChange {
  /** The manager that wrote the field last, and when; empty when the server does not know. */
  readonly manager: string
  readonly time: string
}

/** An object that is not as the release says. */
export interface DriftedObject extends Pick<ObjectChange, 'apiVersion' | 'kind' | 'namespace' | 'name'> {
  readonly state: 'changed' | 'missing'
  readonly fields: readonly DriftedField[]
  /** Brought back to what the release says. */
  readonly fixed: boolean
}

/**
 * The objects of a release's deployed revision that somebody changed or deleted: what a forced server-side apply of the
 * manifest would change, with who wrote it and when. With `fix`, it is applied.
 */
export async function drift(
  ports: ReleasePorts,
  request: { readonly name: string; readonly fix: boolean },
  signal?: AbortSignal,
): Promise<{ readonly release: Release; readonly objects: readonly DriftedObject[] }> {
  await ports.cluster.checkReachable(signal)
  const release = await ports.storage.deployed(request.name)
  const { namespace } = release
  const built = await buildResources(ports.cluster.mapper, release.manifest, { namespace, validate: false, signal })
  const results = await settleAll(withOwner(built, release), (info) => driftOf(ports, info, request.fix, signal))
  const objects = results.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value === undefined ? [] : [result.value]
  })
  return { release, objects }
}

async function driftOf(
  ports: ReleasePorts,
  info: ResourceInfo,
  fix: boolean,
  signal: AbortSignal | undefined,
): Promise<DriftedObject | undefined> {
  if (info.name === '') return undefined
  const { client } = ports.cluster
  const options = deployOptions(ports, { serverSide: true, forceConflicts: true, signal })
  const head = headOf(info)
  let live: KubeObject
  try {
    live = await getLive(client, info, signal)
  } catch (error) {
    if (!isNotFound(error)) throw error
    if (fix) await createOne(client, info, options)
    return { ...head, state: 'missing', fields: [], fixed: fix }
  }
  const wanted = await applyServerSide(client, info, { ...options, dryRun: true })
  const fields = diffFields(withoutServerFields(live), withoutServerFields(wanted))
  if (fields.length === 0) return undefined
  if (fix) await applyServerSide(client, info, options)
  const managers = live.metadata.managedFields ?? []
  return { ...head, state: 'changed', fields: fields.map((field) => withOwnerOf(field, managers)), fixed: fix }
}

function withOwnerOf(field: FieldChange, managers: readonly ManagedFieldsEntry[]): DriftedField {
  const owner = fieldOwner(managers, field.path)
  return { ...field, manager: owner?.manager ?? '', time: owner?.time ?? '' }
}
