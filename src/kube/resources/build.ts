import { type KubeObject, parseApiVersion } from '../../api/index.ts'
import { errorText } from '../../base/index.ts'
import { KubeClientError } from '../errors.ts'
import type { Mapper } from '../mapper.ts'
import { readManifest } from '../yaml.ts'
import type { ResourceInfo } from './info.ts'
import { checkMetadataTypes, checkTypeIsSet, hasOddVersion } from './validate.ts'

/** How a manifest is read. */
export interface BuildOptions {
  /** Namespace of objects that name none. */
  readonly namespace: string
  /** Check that `apiVersion` and `kind` are there before asking for the resource. */
  readonly validate: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a manifest into objects with their resources: lists are flattened, namespaces filled in, all errors reported at
 * once. As Helm's `kube.Client.Build` over cli-runtime's builder.
 */
export async function buildResources(mapper: Mapper, manifest: string, options: BuildOptions): Promise<ResourceInfo[]> {
  if (mapper.inert === true) return []
  const infos: ResourceInfo[] = []
  const errors: unknown[] = []
  let documents: readonly unknown[]
  try {
    documents = readManifest(manifest)
  } catch (error) {
    throw new KubeClientError('INVALID_OBJECT', `error parsing : ${errorText(error)}`, {}, error)
  }
  for (const document of documents) {
    if (document === null || document === undefined) continue
    try {
      infos.push(...(await buildDocument(mapper, document, options)))
    } catch (error) {
      // A document that fails validation ends the stream; other findings are collected.
      errors.push(error)
      if (isValidationStop(error)) break
    }
  }
  if (errors.length > 0) throw aggregate(errors)
  return infos
}

function isValidationStop(error: unknown): boolean {
  return error instanceof KubeClientError && error.message.startsWith('error validating ')
}

function aggregate(errors: readonly unknown[]): unknown {
  const texts = [...new Set(errors.map(errorText))]
  if (texts.length === 1) return errors[0]
  return new KubeClientError('INVALID_OBJECT', `[${texts.join(', ')}]`, {}, errors[0])
}

async function buildDocument(mapper: Mapper, document: unknown, options: BuildOptions): Promise<ResourceInfo[]> {
  const object = asObject(document)
  if (options.validate) checkTypeIsSet(object)
  requireKind(object)
  try {
    checkMetadataTypes(object)
  } catch (error) {
    throw new KubeClientError('INVALID_OBJECT', `unable to decode "": ${errorText(error)}`, {}, error)
  }
  if (isList(object)) {
    const infos: ResourceInfo[] = []
    for (const item of object.items) infos.push(...(await buildDocument(mapper, item, options)))
    return infos
  }
  return [await buildObject(mapper, object as unknown as KubeObject, options)]
}

function asObject(document: unknown): Record<string, unknown> {
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as Record<string, unknown>
  }
  const got = Array.isArray(document) ? 'array' : typeof document === 'boolean' ? 'bool' : typeof document
  const text = `json: cannot unmarshal ${got} into Go value of type map[string]interface {}`
  throw new KubeClientError('INVALID_OBJECT', `error validating "": error validating data: ${text}`)
}

function requireKind(object: Readonly<Record<string, unknown>>): void {
  const field = (name: string) => (typeof object[name] === 'string' ? (object[name] as string) : '')
  for (const [name, key] of [
    ['Kind', 'kind'],
    ['apiVersion', 'apiVersion'],
  ] as const) {
    if (field(key) !== '' && (key !== 'kind' || !hasOddVersion(object))) continue
    const text = `unable to decode "": Object '${name}' is missing in '${JSON.stringify(object)}'`
    throw new KubeClientError('INVALID_OBJECT', text)
  }
}

function isList(object: Readonly<Record<string, unknown>>): object is { items: unknown[] } {
  return Array.isArray(object.items) && typeof object.kind === 'string' && object.kind.endsWith('List')
}

async function buildObject(mapper: Mapper, object: KubeObject, options: BuildOptions): Promise<ResourceInfo> {
  const { group, version } = parseApiVersion(object.apiVersion)
  const metadata = object.metadata ?? {}
  const name = metadata.name ?? ''
  const given = metadata.namespace ?? ''
  const mapping = await mapper
    .mappingFor({ group, version, kind: object.kind }, options.signal)
    .catch((error: unknown) => {
      if (!(error instanceof KubeClientError) || error.code !== 'NO_MATCH') {
        throw new KubeClientError('INVALID_OBJECT', `unable to recognize "": ${errorText(error)}`, {}, error)
      }
      const where = `name: ${JSON.stringify(name)} namespace: ${JSON.stringify(given)} from ""`
      const text = `resource mapping not found for ${where}: ${error.message}\nensure CRDs are installed first`
      throw new KubeClientError('NO_MATCH', text, {}, error)
    })
  const fill = mapping.namespaced && given === ''
  const placed = fill ? { ...object, metadata: { ...metadata, namespace: options.namespace } } : { ...object, metadata }
  return { mapping, name, namespace: fill ? options.namespace : given, object: placed }
}
