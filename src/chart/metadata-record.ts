import { emitYamlFromJson } from '../encoding/index.ts'
import type { GoValue } from '../go/index.ts'
import { GoNumber } from '../go/index.ts'
import type { Dependency, Lock, Metadata } from './model.ts'

/** A plain JSON value as the records below are made of. */
export type RecordValue = null | boolean | number | string | RecordValue[] | { [key: string]: RecordValue }

/** Chart.yaml as JSON, in the order of Helm's struct; what is empty is left out. */
export function metadataRecord(metadata: Metadata): { [key: string]: RecordValue } {
  return withoutEmpty({
    name: metadata.name,
    home: metadata.home,
    sources: metadata.sources ?? [],
    version: metadata.version,
    description: metadata.description,
    keywords: metadata.keywords ?? [],
    maintainers: (metadata.maintainers ?? []).map((maintainer) => maintainer && withoutEmpty({ ...maintainer })),
    icon: metadata.icon,
    apiVersion: metadata.apiVersion,
    condition: metadata.condition,
    tags: metadata.tags,
    appVersion: metadata.appVersion,
    deprecated: metadata.deprecated,
    annotations: sortedRecord(metadata.annotations),
    kubeVersion: metadata.kubeVersion,
    dependencies: (metadata.dependencies ?? []).map((entry) => entry && dependencyRecord(entry)),
    type: metadata.type,
  })
}

/** An entry of `dependencies` as JSON, in the order of Helm's struct; name and repository are always there. */
export function dependencyRecord(dependency: Dependency): { [key: string]: RecordValue } {
  const { name, repository, ...others } = withoutEmpty({
    name: dependency.name,
    version: dependency.version,
    repository: dependency.repository,
    condition: dependency.condition,
    tags: dependency.tags,
    enabled: dependency.enabled,
    'import-values': dependency.importValues.map(plain),
    alias: dependency.alias,
  })
  const { version, ...rest } = others
  return {
    name: name ?? '',
    ...(version === undefined ? {} : { version }),
    repository: repository ?? '',
    ...rest,
  }
}

/** Chart.lock as JSON, in the order of Helm's struct. */
export function lockRecord(lock: Lock): { [key: string]: RecordValue } {
  return {
    generated: lock.generated === '' ? '0001-01-01T00:00:00Z' : lock.generated,
    digest: lock.digest,
    dependencies: lock.dependencies?.map((entry) => entry && dependencyRecord(entry)) ?? null,
  }
}

/** Chart.yaml as Helm writes it: sorted keys, without comments. The dependencies of v1 charts stay in requirements.yaml. */
export function metadataYaml(metadata: Metadata): string {
  return emitYamlFromJson(metadataRecord(metadata))
}

function withoutEmpty(record: { [key: string]: RecordValue }): { [key: string]: RecordValue } {
  return Object.fromEntries(
    Object.entries(record).filter(
      ([, value]) =>
        value !== '' &&
        value !== false &&
        value !== null &&
        !(typeof value === 'object' && Object.keys(value).length === 0),
    ),
  )
}

function sortedRecord(map: ReadonlyMap<string, string> | undefined): { [key: string]: RecordValue } {
  return Object.fromEntries([...(map ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function plain(value: GoValue): RecordValue {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]))
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof GoNumber || typeof value === 'bigint')
    return Number(value instanceof GoNumber ? value.value : value)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
