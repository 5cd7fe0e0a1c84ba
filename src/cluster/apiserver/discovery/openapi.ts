import { createHash } from 'node:crypto'
import {
  type Describe,
  encodeSwagger,
  type JsonObject,
  objectAt,
  openapiDocument,
  swaggerDocument,
} from '../../../api/index.ts'
import type { RemoteVersion } from '../aggregation/index.ts'
import type { ServerResponse } from '../exchange.ts'
import { parseAccept } from '../negotiate.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import type { ResourceRegistry } from '../registry/registry.ts'
import type { PathHandler } from '../server.ts'
import { groupsOf } from './groups.ts'
import { SERVER_VERSION } from './version.ts'

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const PROTOBUF_V2_OLD = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

/** What other servers serve: their versions, and documents that they are asked for. */
export interface RemoteOpenapi {
  versions(): readonly RemoteVersion[]
  read(api: RemoteVersion, path: string): Promise<string | undefined>
}

/**
 * Serves /openapi/v3, its documents, and /openapi/v2. Documents are made when asked for and kept until resources change;
 * those of other servers are passed on.
 */
export function openapiPaths(
  registry: ResourceRegistry,
  describe: Describe | undefined,
  remote: RemoteOpenapi,
): PathHandler {
  let texts = new Map<string, string>()
  let swagger: Buffer | undefined
  let indexText: string | undefined
  registry.onChange(() => {
    texts = new Map()
    swagger = undefined
    indexText = undefined
  })
  const swaggerOf = (): JsonObject =>
    swaggerDocument(
      registry.all().map((each) => documented(each)),
      SERVER_VERSION.gitVersion,
    )
  const documentOf = (path: string): string | undefined => {
    const known = texts.get(path)
    if (known !== undefined) return known
    const resources = resourcesOf(registry, path)
    if (resources === undefined) return undefined
    const text = JSON.stringify(
      openapiDocument(
        resources.map((each) => documented(each, describe)),
        SERVER_VERSION.gitVersion,
        describe,
      ),
    )
    texts.set(path, text)
    return text
  }
  return (request) => {
    const parts = request.path.split('/').filter((part) => part !== '')
    if (parts[0] !== 'openapi') return undefined
    if (parts[1] === 'v2' && parts.length === 2) {
      if (wantsProtobuf(request.headers.accept)) {
        return { status: 200, headers: { 'content-type': PROTOBUF_V2 }, body: encodeSwagger(swaggerOf()) }
      }
      swagger ??= Buffer.from(JSON.stringify(swaggerOf()))
      return { status: 200, headers: { 'content-type': 'application/json' }, body: swagger }
    }
    if (parts[1] !== 'v3') return undefined
    if (parts.length === 2) {
      indexText ??= JSON.stringify({ paths: index(registry) })
      const more = remotePaths(remote.versions())
      const body = more.size === 0 ? indexText : JSON.stringify({ paths: withRemote(index(registry), more) })
      // Kubernetes says text/plain here.
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
    }
    const path = parts.slice(2).join('/')
    const text = documentOf(path)
    if (text !== undefined) return jsonDocument(text)
    const elsewhere = remotePaths(remote.versions()).get(path)
    return elsewhere === undefined
      ? jsonDocument(undefined)
      : remote.read(elsewhere.api, elsewhere.url).then(jsonDocument)
  }
}

function jsonDocument(text: string | undefined): ServerResponse {
  if (text === undefined) return { status: 404, headers: {}, body: '' }
  return { status: 200, headers: { 'content-type': 'application/json', vary: 'Accept' }, body: text }
}

interface RemotePath {
  readonly api: RemoteVersion
  readonly url: string
}

/** The documents of other servers by their path below /openapi/v3. */
function remotePaths(versions: readonly RemoteVersion[]): Map<string, RemotePath> {
  return new Map(
    versions.flatMap((api) => [...(api.documents?.openapi ?? [])].map(([path, url]) => [path, { api, url }] as const)),
  )
}

function withRemote(own: OpenapiIndex, remote: ReadonlyMap<string, RemotePath>): OpenapiIndex {
  return { ...Object.fromEntries([...remote].map(([path, { url }]) => [path, { serverRelativeURL: url }])), ...own }
}

function documented(
  definition: ResourceDefinition,
  describe?: Describe,
): Parameters<typeof openapiDocument>[0][number] {
  const { schema } = definition
  const custom = definition.custom === true && schema?.openapi !== undefined
  return { ...definition, ...(custom && { openapi: described(schema.openapi, describe), openapiName: schema.name }) }
}

/** A type of which custom resources borrow what is said of the fields that all objects have. */
const MODEL = 'io.k8s.api.core.v1.Pod'

function described(openapi: JsonObject, describe: Describe | undefined): JsonObject {
  const properties = { ...objectAt(openapi, 'properties') }
  for (const key of ['apiVersion', 'kind', 'metadata']) {
    const description = describe?.(MODEL, key)
    if (description !== undefined) properties[key] = { description, ...objectAt(properties, key) }
  }
  return { ...openapi, properties }
}

/** The documents that exist: of each group and version, and the small ones of what is no resource. */
function documentPaths(registry: ResourceRegistry): string[] {
  const groups = groupsOf(registry.all())
  return [
    'api',
    'api/v1',
    'apis',
    ...groups.flatMap(({ name, versions }) => [
      `apis/${name}`,
      ...versions.map((version) => `apis/${name}/${version}`),
    ]),
    'openid/v1/jwks',
    'version',
  ]
}

function resourcesOf(registry: ResourceRegistry, path: string): readonly ResourceDefinition[] | undefined {
  if (!documentPaths(registry).includes(path)) return undefined
  const [root, group = '', version = ''] = path.split('/')
  if (root === 'api' && group !== '') return registry.all().filter((d) => d.group === '' && d.version === group)
  if (root === 'apis' && version !== '') return registry.all().filter((d) => d.group === group && d.version === version)
  return []
}

type OpenapiIndex = Readonly<Record<string, { readonly serverRelativeURL: string }>>

/** The index names each document with a hash, so that clients may keep what they have. */
function index(registry: ResourceRegistry): OpenapiIndex {
  return Object.fromEntries(
    documentPaths(registry).map((path) => {
      const names = (resourcesOf(registry, path) ?? []).map(fingerprint).join('\n')
      const hash = createHash('sha512')
        .update(`${SERVER_VERSION.gitVersion}\n${path}\n${names}`)
        .digest('hex')
        .toUpperCase()
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]
    }),
  )
}

/** Definitions never change, so what tells them apart is computed once. */
const fingerprints = new WeakMap<ResourceDefinition, string>()

/** What makes a document change: the resources, and for custom ones also their schemas. */
function fingerprint(definition: ResourceDefinition): string {
  const known = fingerprints.get(definition)
  if (known !== undefined) return known
  const subresources = definition.subresources.map((sub) => sub.name).join(',')
  const schema = definition.custom === true ? JSON.stringify(definition.schema?.openapi ?? {}) : ''
  const text = `${definition.plural} ${definition.kind} ${subresources} ${schema}`
  const short = createHash('sha256').update(text).digest('base64')
  fingerprints.set(definition, short)
  return short
}

/** Whether a client asks for protobuf before JSON, as kubectl did before 1.24. */
function wantsProtobuf(accept: string | undefined): boolean {
  for (const { type } of parseAccept(accept ?? '')) {
    if (type === PROTOBUF_V2 || type === PROTOBUF_V2_OLD) return true
    if (type === 'application/json' || type === '*/*') return false
  }
  return false
}
