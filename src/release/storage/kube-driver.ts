import type { GroupVersionResource, KubeObject } from '../../api/index.ts'
import { type Clock, errorText, type Log } from '../../base/index.ts'
import {
  type Client,
  isAlreadyExists,
  isNotFound,
  isServerTrouble,
  isTooManyRequests,
  KubeClientError,
} from '../../kube/index.ts'
import { decodeRelease, decodeSummary, recordEncoder } from '../codec/record.ts'
import { decodeSummaries } from '../codec/summaries.ts'
import { ReleaseError, releaseExists, releaseNotFound, wrapped } from '../errors.ts'
import type { Release, ReleaseSummary } from '../model.ts'
import {
  type ChunkHost,
  CHUNKS_ANNOTATION,
  chunkNames,
  deleteChunks,
  readChunks,
  splitText,
  writeChunks,
} from './chunks.ts'
import type { DamagedRecord, RecordQuery, StorageDriver } from './driver.ts'
import { withoutSystemLabels } from './labels.ts'
import { largestParts } from './record-size.ts'

/** What differs between Secrets and ConfigMaps. */
interface RecordKind {
  readonly name: string
  readonly kind: string
  readonly gvr: GroupVersionResource
  /** Type of the Secret. */
  readonly type: string | undefined
  /** How the text of a record stands in `data`. */
  wrap(text: string): string
  unwrap(data: string): string
}

/** Most bytes that the data of a Secret or ConfigMap may have; every API server refuses more. */
const DATA_LIMIT_BYTES = 1_048_576

/** Type of the Secrets that hold records. */
export const RECORD_TYPE = 'helm.sh/release.v1'

const SECRETS: RecordKind = {
  name: 'Secret',
  kind: 'Secret',
  gvr: { group: '', version: 'v1', resource: 'secrets' },
  type: RECORD_TYPE,
  wrap: (text) => Buffer.from(text, 'utf8').toString('base64'),
  // Base64 again: each byte is a letter.
  unwrap: (data) => Buffer.from(data, 'base64').toString('latin1'),
}

const CONFIG_MAPS: RecordKind = {
  name: 'ConfigMap',
  kind: 'ConfigMap',
  gvr: { group: '', version: 'v1', resource: 'configmaps' },
  type: undefined,
  wrap: (text) => text,
  unwrap: (data) => data,
}

/** What the drivers need. `namespace` is empty for all namespaces (reading only). */
export interface KubeDriverHost {
  readonly client: Client
  readonly namespace: string
  readonly clock: Clock
  readonly log: Log
  /** Records that do not fit one object are spread over several; absent: they are refused. */
  readonly chunks?: boolean | undefined
}

/** Records in Secrets, Helm's default. */
export function secretDriver(host: KubeDriverHost): StorageDriver {
  return kubeDriver(SECRETS, host)
}

/** Records in ConfigMaps. */
export function configMapDriver(host: KubeDriverHost): StorageDriver {
  return kubeDriver(CONFIG_MAPS, host)
}

type RecordObject = KubeObject & { data?: Record<string, string> }

function kubeDriver(kind: RecordKind, driverHost: KubeDriverHost): StorageDriver {
  const { client, namespace, clock, log } = driverHost
  const chunkHost: ChunkHost = { client, namespace, ...kind }
  const place = { namespace }
  const encoder = recordEncoder(DATA_LIMIT_BYTES)
  const textOf = async (object: RecordObject): Promise<string> => {
    const head = kind.unwrap(object.data?.release ?? '')
    const names = chunkNames(object)
    if (names.length === 0) return head
    const place = { ...chunkHost, namespace: object.metadata.namespace ?? namespace }
    return `${head}${await readChunks(place, names)}`
  }
  const decode = async (object: RecordObject): Promise<Release> => decodeRelease(await textOf(object))
  /** Records that could be read, by key, with the objects that hold the rest of them. */
  const readable = new Map<string, readonly string[]>()
  const get = async (key: string): Promise<Release> => {
    let object: RecordObject
    try {
      object = await client.get<RecordObject>(kind.gvr, { namespace, name: key })
    } catch (error) {
      if (isNotFound(error)) throw releaseNotFound()
      throw wrapped('STORAGE', `get: failed to get ${JSON.stringify(key)}`, error)
    }
    try {
      const release = { ...(await decode(object)), labels: withoutSystemLabels(object.metadata.labels ?? {}) }
      readable.set(key, chunkNames(object))
      return release
    } catch (error) {
      throw wrapped('STORAGE', `get: failed to decode data ${JSON.stringify(key)}`, error)
    }
  }
  const select = async (labels: RecordQuery): Promise<readonly RecordObject[]> => {
    const labelSelector = selectorText(labels)
    return (await client.list<RecordObject>(kind.gvr, place, { labelSelector })).items
  }
  /** A record as `decodeText` reads it; undefined, with a word in the log, when it cannot be read. */
  const readWith =
    <T extends ReleaseSummary>(decodeText: (text: string) => T) =>
    async (item: RecordObject): Promise<T | undefined> => {
      try {
        const read = { ...decodeText(await textOf(item)), labels: item.metadata.labels ?? {} }
        if (namespace !== '') readable.set(item.metadata.name ?? '', chunkNames(item))
        return read
      } catch (error) {
        const attributes = [
          ['key', item.metadata.name ?? ''],
          ['error', errorText(error)],
        ] as const
        log({ level: 'DEBUG', message: 'failed to decode release', attributes })
        return undefined
      }
    }
  const present = <T>(values: readonly (T | undefined)[]): T[] =>
    values.flatMap((one) => (one === undefined ? [] : [one]))
  const object = async (key: string, release: Release, stamp: 'createdAt' | 'modifiedAt'): Promise<RecordObject> => {
    const text = encoder.encode(release)
    if (text.length > DATA_LIMIT_BYTES && driverHost.chunks === true) {
      const [first = '', ...rest] = splitText(text)
      const names = await writeChunks(chunkHost, key, release.name, rest)
      const whole = recordObject(key, release, stamp, first)
      const annotations = { [CHUNKS_ANNOTATION]: names.join(',') }
      return { ...whole, metadata: { ...whole.metadata, annotations } }
    }
    // Said here in the server's words: as JSON the request could be too large for the server to say it itself.
    if (text.length > DATA_LIMIT_BYTES) {
      const field = kind.type === undefined ? '[]' : 'data'
      const why = `${field}: Too long: may not be more than ${DATA_LIMIT_BYTES} bytes`
      const size = {
        refused: true,
        recordBytes: text.length,
        limitBytes: DATA_LIMIT_BYTES,
        parts: largestParts(release),
      }
      throw new ReleaseError('STORAGE', `${kind.kind} ${JSON.stringify(key)} is invalid: ${why}`, size)
    }
    return recordObject(key, release, stamp, text)
  }
  const recordObject = (
    key: string,
    release: Release,
    stamp: 'createdAt' | 'modifiedAt',
    text: string,
  ): RecordObject => ({
    apiVersion: 'v1',
    kind: kind.kind,
    metadata: {
      name: key,
      namespace,
      labels: {
        [stamp]: String(Math.floor(clock.nowMs() / 1000)),
        ...release.labels,
        name: release.name,
        owner: 'helm',
        status: release.info.status,
        version: String(release.version),
      },
    },
    ...(kind.type === undefined ? {} : { type: kind.type }),
    data: { release: kind.wrap(text) },
  })
  const isStored = async (key: string, wanted: RecordObject): Promise<boolean> => {
    const live = await client.get<RecordObject>(kind.gvr, { namespace, name: key })
    return live.data?.release === wanted.data?.release
  }
  return {
    name: kind.name,
    get,
    prepare: (release) => encoder.prepare(release),
    async list(options = {}) {
      const read = readWith(decodeSummary)
      try {
        const items = await select({ owner: 'helm' })
        const groups = options.newest === true ? byAge(items) : items.map((item) => [item])
        const newest = await decodeSummaries(groups.map(([item]) => kind.unwrap(item?.data?.release ?? '')))
        const readGroup = async (group: readonly RecordObject[], at: number): Promise<ReleaseSummary | undefined> => {
          const summary = newest[at]
          return summary === undefined ? firstOf(group, read) : { ...summary, labels: group[0]?.metadata.labels ?? {} }
        }
        return present(await Promise.all(groups.map(readGroup)))
      } catch (error) {
        throw wrapped('STORAGE', 'list: failed to list', error)
      }
    },
    async query(labels) {
      let items: readonly RecordObject[]
      try {
        items = await select(labels)
      } catch (error) {
        throw wrapped('STORAGE', 'query: failed to query with labels', error)
      }
      if (items.length === 0) throw releaseNotFound()
      return present(await Promise.all(items.map(readWith(decodeRelease))))
    },
    async create(key, release) {
      try {
        const wanted = await object(key, release, 'createdAt')
        try {
          await client.create(kind.gvr, place, wanted)
        } catch (error) {
          // The answer to our own write may have been lost on a connection that was tried again.
          if (!isAlreadyExists(error) || !(await isStored(key, wanted))) throw error
        }
      } catch (error) {
        throw isAlreadyExists(error) ? releaseExists() : wrapped('STORAGE', 'create: failed to create', error)
      }
    },
    async update(key, release) {
      try {
        const next = await object(key, release, 'modifiedAt')
        const old = driverHost.chunks === true ? chunkNames(await client.get(kind.gvr, { namespace, name: key })) : []
        await throughTrouble(clock, () => client.update(kind.gvr, { namespace, name: key }, next))
        if (readable.has(key)) readable.set(key, chunkNames(next))
        const kept = new Set(chunkNames(next))
        await deleteChunks(
          chunkHost,
          old.filter((name) => !kept.has(name)),
        )
      } catch (error) {
        throw wrapped('STORAGE', 'update: failed to update', error)
      }
    },
    async delete(key) {
      // As in Helm, a record that cannot be read stays.
      if (!readable.has(key)) await get(key)
      try {
        await client.delete(kind.gvr, { namespace, name: key })
      } catch (error) {
        throw isNotFound(error) ? releaseNotFound() : error
      }
      await deleteChunks(chunkHost, readable.get(key) ?? [])
    },
    async damaged(release) {
      const { items } = await client.list<RecordObject>(kind.gvr, place, {
        labelSelector: selectorText({ name: release, owner: 'helm' }),
      })
      const look = async (item: RecordObject): Promise<DamagedRecord[]> => {
        try {
          await decode(item)
          return []
        } catch (error) {
          const { name = '', labels = {} } = item.metadata
          return [{ key: name, revision: labels.version ?? '', reason: errorText(error) }]
        }
      }
      return (await Promise.all(items.map(look))).flat()
    },
    async drop(key) {
      await client.delete(kind.gvr, { namespace, name: key })
    },
  }
}

/** The records of each release by their labels, newest first; records without such labels stand alone. */
function byAge(items: readonly RecordObject[]): RecordObject[][] {
  const groups = new Map<string, RecordObject[]>()
  const version = ({ metadata }: RecordObject): number => Number(metadata.labels?.version)
  for (const item of items) {
    const { namespace, name, labels = {} } = item.metadata
    const key = labels.name === undefined || Number.isNaN(version(item)) ? `!${name}` : labels.name
    const group = groups.get(`${namespace}/${key}`)
    if (group === undefined) groups.set(`${namespace}/${key}`, [item])
    else group.push(item)
  }
  return [...groups.values()].map((group) => group.sort((a, b) => version(b) - version(a)))
}

async function firstOf<T, R>(items: readonly T[], read: (item: T) => Promise<R | undefined>): Promise<R | undefined> {
  for (const item of items) {
    const result = await read(item)
    if (result !== undefined) return result
  }
  return undefined
}

/** Pauses between tries of a write that must not be lost: what is done is done, and its record should say so. */
const TROUBLE_PAUSES_MS = [200, 500, 1_000] as const

/** Tries an idempotent write again while the server is in trouble or cannot be reached. */
async function throughTrouble<T>(clock: Clock, write: () => Promise<T>): Promise<T> {
  for (const pauseMs of TROUBLE_PAUSES_MS) {
    try {
      return await write()
    } catch (error) {
      const unreachable = error instanceof KubeClientError && error.code === 'UNREACHABLE'
      if (!unreachable && !isServerTrouble(error) && !isTooManyRequests(error)) throw error
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
    }
  }
  return write()
}

function selectorText(labels: RecordQuery): string {
  return Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
    .join(',')
}
