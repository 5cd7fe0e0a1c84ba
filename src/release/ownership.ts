import type { KubeObject } from '../api/index.ts'
import { getLive, infoWords, isNotFound, type Client, type ResourceInfo } from '../kube/index.ts'
import { releaseError, wrapped } from './errors.ts'

/** What Helm writes on every object of a release. */
export const OWNERSHIP = {
  managedBy: 'app.kubernetes.io/managed-by',
  managedByHelm: 'Helm',
  releaseName: 'meta.helm.sh/release-name',
  releaseNamespace: 'meta.helm.sh/release-namespace',
} as const

/** The release that owns objects. */
export interface Owner {
  readonly name: string
  readonly namespace: string
}

/** The objects with the owner's label and annotations, whatever they said before. */
export function withOwner(infos: readonly ResourceInfo[], owner: Owner): ResourceInfo[] {
  return infos.map((info) => {
    const { metadata } = info.object
    const object: KubeObject = {
      ...info.object,
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, [OWNERSHIP.managedBy]: OWNERSHIP.managedByHelm },
        annotations: {
          ...metadata.annotations,
          [OWNERSHIP.releaseName]: owner.name,
          [OWNERSHIP.releaseNamespace]: owner.namespace,
        },
      },
    }
    return { ...info, object }
  })
}

/**
 * The objects that exist already and so are to be updated rather than created. Rejects at the first that another release
 * (or nobody) owns, unless `takeOwnership`. As Helm's existingResourceConflict and requireAdoption.
 */
export async function findAdoptable(
  client: Client,
  infos: readonly ResourceInfo[],
  owner: Owner,
  options: { readonly takeOwnership: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ResourceInfo[]> {
  const looks = await Promise.allSettled(infos.map((info) => look(client, info, options.signal)))
  const adoptable: ResourceInfo[] = []
  looks.forEach((result, index) => {
    const info = infos[index]
    if (info === undefined) return
    if (result.status === 'rejected') throw result.reason
    if (result.value === undefined) return
    if (!options.takeOwnership) checkOwnership(info, result.value, owner)
    adoptable.push(info)
  })
  return adoptable
}

async function look(
  client: Client,
  info: ResourceInfo,
  signal: AbortSignal | undefined,
): Promise<KubeObject | undefined> {
  const { generateName = '' } = info.object.metadata
  if (generateName !== '') {
    if (info.name === '') return undefined
    throw releaseError('OWNERSHIP', 'metadata.name and metadata.generateName cannot both be set')
  }
  try {
    return await getLive(client, info, signal)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw wrapped('OWNERSHIP', `could not get information about the resource ${infoWords(info)}`, error)
  }
}

function checkOwnership(info: ResourceInfo, live: KubeObject, owner: Owner): void {
  const { labels = {}, annotations = {} } = live.metadata
  const findings = [
    missing('label', labels, OWNERSHIP.managedBy, OWNERSHIP.managedByHelm),
    missing('annotation', annotations, OWNERSHIP.releaseName, owner.name),
    missing('annotation', annotations, OWNERSHIP.releaseNamespace, owner.namespace),
  ].filter((finding) => finding !== undefined)
  if (findings.length === 0) return
  throw releaseError(
    'OWNERSHIP',
    `${infoWords(info)} exists and cannot be imported into the current release: invalid ownership metadata; ${findings.join('; ')}`,
  )
}

function missing(what: string, map: Readonly<Record<string, string>>, key: string, value: string): string | undefined {
  const actual = map[key]
  if (actual === value) return undefined
  const quoted = JSON.stringify(value)
  return actual === undefined
    ? `${what} validation error: missing key ${JSON.stringify(key)}: must be set to ${quoted}`
    : `${what} validation error: key ${JSON.stringify(key)} must equal ${quoted}: current value is ${JSON.stringify(actual)}`
}
