import { errorText } from '../../base/index.ts'
import { parseJson } from '../../encoding/index.ts'
import { fromBytes } from '../../go/index.ts'
import { repoError } from '../errors.ts'
import { checkContent, mistyped } from './content.ts'
import type { Distribution } from './distribution.ts'
import { type Descriptor, mediaTypes } from './manifest.ts'
import type { OciReference } from './reference.ts'

/** Largest manifest that is kept, as oras. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json'
const indexes = [mediaTypes.index, 'application/vnd.docker.distribution.manifest.list.v2+json'] as readonly string[]
const manifests = [mediaTypes.manifest, dockerManifest] as readonly string[]

/** Layers that registries do not hold. */
const foreign = new Set([
  'application/vnd.oci.image.layer.nondistributable.v1.tar',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
])

/** What a copy brought. */
export interface CopiedArtifact {
  /** The descriptor that the reference names. */
  readonly root: Descriptor
  /** What was copied, what others consist of before these. */
  readonly descriptors: readonly Descriptor[]
  /** The content of a descriptor that was copied. */
  content(descriptor: Descriptor): Uint8Array
}

/**
 * Downloads what a reference names with everything that it consists of, as far as the media types are wanted. As Helm 4
 * `GenericClient.PullGeneric` with oras' Copy, whose errors name the step that failed.
 */
export async function copyArtifact(
  distribution: Distribution,
  reference: OciReference,
  isWanted: (mediaType: string) => boolean,
): Promise<CopiedArtifact> {
  const { descriptor: root, data } = await step('FetchReference', 'source', () =>
    distribution.fetchReference(reference),
  )
  await step('Successors', 'source', async () => successors(root, data))
  const kept = new Map<string, Uint8Array>()
  const seen = new Set<string>()
  const descriptors: Descriptor[] = []
  const copy = async (descriptor: Descriptor, known?: Uint8Array): Promise<void> => {
    const key = keyOf(descriptor)
    if (seen.has(key)) return
    seen.add(key)
    let content = known
    if (isNode(descriptor)) {
      const parts = await step('FindSuccessors', 'source', async () => {
        content ??= await distribution.fetchManifest(reference, descriptor)
        return successors(descriptor, content)
      })
      for (const part of parts) if (!foreign.has(part.mediaType)) await copy(part)
    }
    if (!isWanted(descriptor.mediaType)) return
    descriptors.push(descriptor)
    const fetched = content ?? (await step('Fetch', 'source', () => distribution.fetchBlob(reference, descriptor)))
    await step('Push', 'destination', async () => checkContent(fetched, descriptor))
    kept.set(key, fetched)
  }
  await copy(root, data)
  return {
    root,
    descriptors,
    content: (descriptor) => {
      const found = kept.get(keyOf(descriptor))
      const { digest, mediaType } = descriptor
      if (found !== undefined) return found
      throw repoError('REGISTRY', `unable to retrieve blob with digest ${digest}: ${digest}: ${mediaType}: not found`)
    },
  }
}

async function step<T>(name: string, place: 'source' | 'destination', run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw repoError('REGISTRY', `failed to perform "${name}" on ${place}: ${errorText(error)}`, error)
  }
}

function keyOf({ mediaType, digest, size }: Descriptor): string {
  return JSON.stringify([mediaType, digest, size])
}

function isNode({ mediaType }: Descriptor): boolean {
  return manifests.includes(mediaType) || indexes.includes(mediaType)
}

/** What a manifest or an index consists of; nothing for other content, which is not looked at. */
function successors(descriptor: Descriptor, data: Uint8Array): readonly Descriptor[] {
  if (!isNode(descriptor)) return []
  checkContent(data, descriptor, MAX_MANIFEST_BYTES)
  parseJson(fromBytes(data))
  const type = indexes.includes(descriptor.mediaType) ? 'Index' : 'Manifest'
  const value = fieldsOf(JSON.parse(Buffer.from(data).toString('utf8')), type, '')
  const subject = value.subject === undefined || value.subject === null ? [] : [descriptorOf(value.subject, 'subject')]
  const own = descriptor.mediaType === dockerManifest ? [] : subject
  if (type === 'Index') return [...own, ...descriptorsOf(value.manifests, type, 'manifests')]
  return [...own, descriptorOf(value.config, 'config'), ...descriptorsOf(value.layers, type, 'layers')]
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown, type: string, path: string): Fields {
  if (value === null || value === undefined) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Fields
  throw mistyped(value, path, `v1.${type}`, type)
}

function descriptorsOf(value: unknown, type: string, path: string): Descriptor[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw mistyped(value, path, '[]v1.Descriptor', type)
  return value.map((item) => descriptorOf(item, path))
}

function descriptorOf(value: unknown, path: string): Descriptor {
  const { mediaType = null, digest = null, size = null } = fieldsOf(value, 'Descriptor', path)
  const text = (item: unknown, name: string, type: string): string => {
    if (item === null) return ''
    if (typeof item !== 'string') throw mistyped(item, `${path}.${name}`, type, 'Descriptor')
    return item
  }
  if (size !== null && !Number.isInteger(size)) throw mistyped(size, `${path}.size`, 'int64', 'Descriptor')
  return {
    mediaType: text(mediaType, 'mediaType', 'string'),
    digest: text(digest, 'digest', 'digest.Digest'),
    size: typeof size === 'number' ? size : 0,
  }
}
