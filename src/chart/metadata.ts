import { type DecodeResult, decodeTyped, parseYaml, type TypeSpec } from '../encoding/index.ts'
import { type GoValue, quote } from '../go/index.ts'
import { parseVersion } from '../version/index.ts'
import { chartError, validationError } from './errors.ts'
import { type Dependency, emptyMetadata, type Lock, type Maintainer, type Metadata } from './model.ts'

const text: TypeSpec = { kind: 'string' }
const texts: TypeSpec = { kind: 'list', goType: '[]string', element: text }

const dependencyType: TypeSpec = {
  kind: 'struct',
  name: 'Dependency',
  goType: 'v2.Dependency',
  pointer: true,
  fields: {
    name: text,
    version: text,
    repository: text,
    condition: text,
    tags: texts,
    enabled: { kind: 'bool' },
    'import-values': { kind: 'list', goType: '[]interface {}', element: { kind: 'any' } },
    alias: text,
  },
}

const maintainerType: TypeSpec = {
  kind: 'struct',
  name: 'Maintainer',
  goType: 'v2.Maintainer',
  pointer: true,
  fields: { name: text, email: text, url: text },
}

const dependenciesType: TypeSpec = { kind: 'list', goType: '[]*v2.Dependency', element: dependencyType }

/** The fields of Chart.yaml, for decoding it and what embeds it. */
export const chartFields: Readonly<Record<string, TypeSpec>> = {
  name: text,
  home: text,
  sources: texts,
  version: text,
  description: text,
  keywords: texts,
  maintainers: { kind: 'list', goType: '[]*v2.Maintainer', element: maintainerType },
  icon: text,
  apiVersion: text,
  condition: text,
  tags: text,
  appVersion: text,
  deprecated: { kind: 'bool' },
  annotations: { kind: 'map', goType: 'map[string]string', element: text },
  kubeVersion: text,
  dependencies: dependenciesType,
  type: text,
}

const metadataType: TypeSpec = { kind: 'struct', name: 'Metadata', goType: 'v2.Metadata', fields: chartFields }

const lockType: TypeSpec = {
  kind: 'struct',
  name: 'Lock',
  goType: 'v2.Lock',
  fields: { generated: { kind: 'time' }, digest: text, dependencies: dependenciesType },
}

/** Reading Chart.yaml and its kin: what was read, and the error that Go reports beside it. */
export interface Decoded<T> {
  readonly value: T
  readonly error: Error | undefined
}

/**
 * Reads Chart.yaml (or the `dependencies` of requirements.yaml into `base`). As sigs.k8s.io/yaml: numbers and booleans become
 * text, unknown fields are ignored unless `strict`.
 */
export function decodeMetadata(
  source: string,
  base: Metadata = emptyMetadata(),
  options: { readonly strict?: boolean } = {},
): Decoded<Metadata> {
  const { value, error } = decodeYaml(source, metadataType, options)
  if (!isRecord(value)) return { value: base, error }
  return { value: metadataOf(value, base), error }
}

/** Metadata from a decoded record by JSON field name; fields it lacks are those of `base`, others are ignored. */
export function metadataOf(record: Record<string, unknown>, base: Metadata = emptyMetadata()): Metadata {
  const metadata: Metadata = { ...base }
  for (const field of Object.keys(chartFields)) {
    if (field in record) Object.assign(metadata, { [field]: record[field] ?? base[field as keyof Metadata] })
  }
  if ('maintainers' in record) metadata.maintainers = listOf(record.maintainers, toMaintainer)
  if ('dependencies' in record) metadata.dependencies = listOf(record.dependencies, toDependency)
  if ('sources' in record) metadata.sources = textsOf(record.sources)
  if ('keywords' in record) metadata.keywords = textsOf(record.keywords)
  if ('annotations' in record) metadata.annotations = (record.annotations as Map<string, string> | null) ?? undefined
  return metadata
}

/** Reads Chart.lock or requirements.lock; no value when there is nothing in it. */
export function decodeLock(source: string): Decoded<Lock | undefined> {
  const { value, error, isNull } = decodeYaml(source, lockType, {})
  if (isNull) return { value: undefined, error }
  const record = isRecord(value) ? value : {}
  return {
    value: {
      generated: typeof record.generated === 'string' ? record.generated : '',
      digest: textOf(record.digest),
      dependencies: listOf(record.dependencies, toDependency),
    },
    error,
  }
}

/** Decodes YAML into a Go type with the error texts of sigs.k8s.io/yaml. */
export function decodeYaml(
  source: string,
  type: TypeSpec,
  options: { readonly strict?: boolean },
): { readonly value: unknown; readonly error: Error | undefined; readonly isNull: boolean } {
  let parsed: GoValue
  try {
    parsed = parseYaml(source, { strict: options.strict ?? false, typed: type })
  } catch (error) {
    return {
      value: undefined,
      isNull: false,
      error: error instanceof Error ? error : chartError('CHART_INVALID', String(error)),
    }
  }
  const result: DecodeResult = decodeTyped(parsed, type, { ...options, integers: true })
  const error =
    result.problem === undefined
      ? undefined
      : chartError('CHART_INVALID', `error unmarshaling JSON: while decoding JSON: ${result.problem}`)
  return { value: result.value, error, isNull: parsed === null }
}

/** Checks metadata and normalises spaces in it, in place. As Helm 4.2 `Metadata.Validate`, same order and texts. */
export function validateMetadata(metadata: Metadata): void {
  for (const field of [
    'name',
    'description',
    'home',
    'icon',
    'condition',
    'tags',
    'appVersion',
    'kubeVersion',
  ] as const) {
    metadata[field] = sanitize(metadata[field])
  }
  metadata.sources = metadata.sources?.map(sanitize)
  metadata.keywords = metadata.keywords?.map(sanitize)
  if (metadata.apiVersion === '') throw validationError('chart.metadata.apiVersion is required')
  if (metadata.name === '') throw validationError('chart.metadata.name is required')
  const shown = quote(metadata.name)
  if (metadata.name === '.' || metadata.name === '..')
    throw validationError(`chart.metadata.name ${shown} is not allowed`)
  if (metadata.name.includes('/')) throw validationError(`chart.metadata.name ${shown} is invalid`)
  if (metadata.version === '') throw validationError('chart.metadata.version is required')
  if (!isVersion(metadata.version)) {
    throw validationError(`chart.metadata.version ${quote(metadata.version)} is invalid`)
  }
  if (!['', 'application', 'library'].includes(metadata.type)) {
    throw validationError('chart.metadata.type must be application or library')
  }
  validateMaintainers(metadata)
  validateDependencies(metadata)
}

function validateMaintainers(metadata: Metadata): void {
  for (const maintainer of metadata.maintainers ?? []) {
    if (!maintainer) throw validationError('maintainers must not contain empty or null nodes')
    maintainer.name = sanitize(maintainer.name)
    maintainer.email = sanitize(maintainer.email)
    maintainer.url = sanitize(maintainer.url)
  }
}

function validateDependencies(metadata: Metadata): void {
  const seen = new Set<string>()
  for (const dependency of metadata.dependencies ?? []) {
    if (!dependency) throw validationError('dependencies must not contain empty or null nodes')
    for (const field of ['name', 'version', 'repository', 'condition'] as const) {
      dependency[field] = sanitize(dependency[field])
    }
    dependency.tags = dependency.tags.map(sanitize)
    if (dependency.alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(dependency.alias)) {
      throw validationError(`dependency ${quote(dependency.name)} has disallowed characters in the alias`)
    }
    const key = dependency.alias === '' ? dependency.name : dependency.alias
    if (seen.has(key)) throw validationError(`more than one dependency with name or alias ${quote(key)}`)
    seen.add(key)
  }
}

const printableAscii = /^[ -~]*$/

/** Every space becomes a blank, characters that do not print go. */
function sanitize(value: string): string {
  if (printableAscii.test(value)) return value
  return value
    .replace(/[\t\n\v\f\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/gu, ' ')
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '')
}

function isVersion(version: string): boolean {
  try {
    parseVersion(version)
    return true
  } catch {
    return false
  }
}

function toMaintainer(value: Record<string, unknown>): Maintainer {
  return { name: textOf(value.name), email: textOf(value.email), url: textOf(value.url) }
}

function toDependency(value: Record<string, unknown>): Dependency {
  return {
    name: textOf(value.name),
    version: textOf(value.version),
    repository: textOf(value.repository),
    condition: textOf(value.condition),
    tags: textsOf(value.tags) ?? [],
    enabled: value.enabled === true,
    importValues: Array.isArray(value['import-values']) ? (value['import-values'] as GoValue[]) : [],
    alias: textOf(value.alias),
  }
}

function listOf<T>(value: unknown, convert: (item: Record<string, unknown>) => T): (T | null)[] | undefined {
  return Array.isArray(value) ? value.map((item) => (isRecord(item) ? convert(item) : null)) : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(textOf) : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)
}
