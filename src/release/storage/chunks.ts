import { createHash } from 'node:crypto'
import type { GroupVersionResource, KubeObject } from '../../api/index.ts'
import { type Client, isAlreadyExists, isNotFound } from '../../kube/index.ts'

/** Most characters of a record's text in one object: below the server's limit, with room for labels and names. */
const CHUNK_CHARS = 1_000_000

/** Names the objects that hold the rest of a record, in order, separated by commas. */
export const CHUNKS_ANNOTATION = 'chartctl.dev/chunks'

/** The owner label of such objects: not Helm's, so that neither program takes them for records. */
const CHUNK_OWNER = 'chartctl-chunk'

/** How chunks are kept; `wrap` and `unwrap` as for records. */
export interface ChunkHost {
  readonly client: Client
  readonly namespace: string
  readonly gvr: GroupVersionResource
  readonly kind: string
  readonly wrap: (text: string) => string
  readonly unwrap: (data: string) => string
}

type ChunkObject = KubeObject & { readonly data?: Readonly<Record<string, string>> }

/** A text in pieces that fit one object each. */
export function splitText(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / CHUNK_CHARS) }, (_, index) =>
    text.slice(index * CHUNK_CHARS, (index + 1) * CHUNK_CHARS),
  )
}

/** The names of the objects that hold the rest of a record. */
export function chunkNames(record: KubeObject): string[] {
  const names = record.metadata.annotations?.[CHUNKS_ANNOTATION] ?? ''
  return names === '' ? [] : names.split(',')
}

/** Writes pieces under names that tell their content, so that those of the record before stay whole; gives the names. */
export async function writeChunks(
  host: ChunkHost,
  key: string,
  release: string,
  pieces: readonly string[],
): Promise<string[]> {
  const names: string[] = []
  for (const [index, piece] of pieces.entries()) {
    const name = `${key}.c${index + 1}.${createHash('sha256').update(piece).digest('hex').slice(0, 10)}`
    const object: ChunkObject = {
      apiVersion: 'v1',
      kind: host.kind,
      metadata: { name, namespace: host.namespace, labels: { name: release, owner: CHUNK_OWNER } },
      data: { chunk: host.wrap(piece) },
    }
    try {
      await host.client.create(host.gvr, { namespace: host.namespace }, object)
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
    names.push(name)
  }
  return names
}

/** Reads the rest of a record. */
export async function readChunks(host: ChunkHost, names: readonly string[]): Promise<string> {
  const { client, gvr, namespace } = host
  const objects = await Promise.all(names.map((name) => client.get<ChunkObject>(gvr, { namespace, name })))
  return objects.map(({ data }) => host.unwrap(data?.chunk ?? '')).join('')
}

/** Deletes the objects of a record that is gone or was written anew. */
export async function deleteChunks(host: ChunkHost, names: readonly string[]): Promise<void> {
  const { client, gvr, namespace } = host
  for (const name of names) {
    await client.delete(gvr, { namespace, name }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
  }
}
