import type { GroupVersionResource, KubeObject } from '../../api/index.ts'
import { type Clock, errorText, type Log } from '../../base/index.ts'
import { type Client, isAlreadyExists, isNotFound } from '../../kube/index.ts'
import { decodeRelease, recordEncoder } from '../codec/record.ts'
import { releaseError, releaseExists, releaseNotFound, wrapped } from '../errors.ts'
import type { Release } from '../model.ts'
import type { RecordQuery, StorageDriver } from './driver.ts'
import { withoutSystemLabels } from './labels.ts'

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
  unwrap: (data) => Buffer.from(data, 'base64').toString('utf8'),
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

function kubeDriver(kind: RecordKind, { client, namespace, clock, log }: KubeDriverHost): StorageDriver {
  const place = { namespace }
  const encoder = recordEncoder(DATA_LIMIT_BYTES)
  const decode = (object: RecordObject): Release => decodeRelease(kind.unwrap(object.data?.release ?? ''))
  const get = async (key: string): Promise<Release> => {
    let object: RecordObject
    try {
      object = await client.get<RecordObject>(kind.gvr, { namespace, name: key })
    } catch (error) {
      if (isNotFound(error)) throw releaseNotFound()
      throw wrapped('STORAGE', `get: failed to get ${JSON.stringify(key)}`, error)
    }
    try {
      return { ...decode(object), labels: withoutSystemLabels(object.metadata.labels ?? {}) }
    } catch (error) {
      throw wrapped('STORAGE', `get: failed to decode data ${JSON.stringify(key)}`, error)
    }
  }
  const select = async (labels: RecordQuery): Promise<{ found: number; releases: Release[] }> => {
    const labelSelector = selectorText(labels)
    const { items } = await client.list<RecordObject>(kind.gvr, place, { labelSelector })
    const releases = items.flatMap((item) => {
      try {
        return [{ ...decode(item), labels: item.metadata.labels ?? {} }]
      } catch (error) {
        log({
          level: 'DEBUG',
          message: 'failed to decode release',
          attributes: [
            ['key', item.metadata.name ?? ''],
            ['error', errorText(error)],
          ],
        })
        return []
      }
    })
    return { found: items.length, releases }
  }
  const object = (key: string, release: Release, stamp: 'createdAt' | 'modifiedAt'): RecordObject => {
    const text = encoder.encode(release)
    // Said here in the server's words: as JSON the request could be too large for the server to say it itself.
    if (text.length > DATA_LIMIT_BYTES) {
      const field = kind.type === undefined ? '[]' : 'data'
      const why = `${field}: Too long: may not be more than ${DATA_LIMIT_BYTES} bytes`
      throw releaseError('STORAGE', `${kind.kind} ${JSON.stringify(key)} is invalid: ${why}`)
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
  return {
    name: kind.name,
    get,
    async list() {
      try {
        return (await select({ owner: 'helm' })).releases
      } catch (error) {
        throw wrapped('STORAGE', 'list: failed to list', error)
      }
    },
    async query(labels) {
      let answer: { found: number; releases: Release[] }
      try {
        answer = await select(labels)
      } catch (error) {
        throw wrapped('STORAGE', 'query: failed to query with labels', error)
      }
      if (answer.found === 0) throw releaseNotFound()
      return answer.releases
    },
    async create(key, release) {
      try {
        await client.create(kind.gvr, place, object(key, release, 'createdAt'))
      } catch (error) {
        throw isAlreadyExists(error) ? releaseExists() : wrapped('STORAGE', 'create: failed to create', error)
      }
    },
    async update(key, release) {
      try {
        await client.update(kind.gvr, { namespace, name: key }, object(key, release, 'modifiedAt'))
      } catch (error) {
        throw wrapped('STORAGE', 'update: failed to update', error)
      }
    },
    async delete(key) {
      const release = await get(key)
      await client.delete(kind.gvr, { namespace, name: key })
      return release
    },
    async damaged(release) {
      const { items } = await client.list<RecordObject>(kind.gvr, place, {
        labelSelector: selectorText({ name: release, owner: 'helm' }),
      })
      return items.flatMap((item) => {
        try {
          decode(item)
          return []
        } catch (error) {
          const { name = '', labels = {} } = item.metadata
          return [{ key: name, revision: labels.version ?? '', reason: errorText(error) }]
        }
      })
    },
    async drop(key) {
      await client.delete(kind.gvr, { namespace, name: key })
    },
  }
}

function selectorText(labels: RecordQuery): string {
  return Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
    .join(',')
}
