import { apiVersionOf, type Json, type JsonObject } from '../object.ts'
import { builtinSchema, findType, META_PACKAGE } from './builtin.ts'
import { type Describe, openapiComponents, toDefinitions } from './openapi.ts'

/** What a document needs to know of a resource. */
export interface DocumentedResource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly {
    readonly name: string
    readonly verbs: readonly string[]
    readonly kind?: string
    readonly group?: string
    readonly version?: string
  }[]
  /** OpenAPI schema of the kind when it is not built in (custom resources). */
  readonly openapi?: JsonObject
  /** Name of that schema in `components.schemas`. */
  readonly openapiName?: string
}

const QUERY: Readonly<Record<string, readonly string[]>> = {
  get: [],
  list: ['allowWatchBookmarks', 'continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion', 'watch'],
  post: ['dryRun', 'fieldManager', 'fieldValidation'],
  put: ['dryRun', 'fieldManager', 'fieldValidation'],
  patch: ['dryRun', 'fieldManager', 'fieldValidation', 'force'],
  delete: ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'],
}

const METHOD_OF: Readonly<Record<string, string>> = {
  get: 'get',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
  create: 'post',
  list: 'get',
  deletecollection: 'delete',
}

/** OpenAPI v3 document of one group and version: enough for kubectl's explain and its choice of server-side validation. */
export function openapiDocument(
  resources: readonly DocumentedResource[],
  version: string,
  describe?: Describe,
): JsonObject {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version },
    paths: paths(resources, '#/components/schemas/'),
    components: { schemas: componentsOf(resources, describe) },
  }
}

/** OpenAPI v2 document of all groups and versions. */
export function swaggerDocument(resources: readonly DocumentedResource[], version: string): JsonObject {
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: toDefinitions(paths(resources, '#/definitions/')) as JsonObject,
    definitions: toDefinitions(componentsOf(resources)),
  }
}

function componentsOf(resources: readonly DocumentedResource[], describe?: Describe): JsonObject {
  const custom: JsonObject = {}
  const roots = resources.flatMap((resource) => {
    if (resource.openapi && resource.openapiName) {
      custom[resource.openapiName] = resource.openapi
      return []
    }
    const gvk = { group: resource.group, version: resource.version, kind: resource.kind }
    const listGvk = { ...gvk, kind: resource.listKind }
    return [gvk, listGvk].flatMap((each) => {
      const schema = builtinSchema(each)
      return schema ? [{ node: schema.node, gvks: [each] }] : []
    })
  })
  const meta = ['ObjectMeta', 'ListMeta', 'DeleteOptions', 'Status'].flatMap((name) => {
    const node = findType(`${META_PACKAGE}.${name}`)
    return node ? [{ node, gvks: [] }] : []
  })
  return { ...openapiComponents([...roots, ...meta], describe), ...custom }
}

function paths(resources: readonly DocumentedResource[], refs: string): JsonObject {
  const all: JsonObject = {}
  for (const resource of resources) {
    const base = resource.group === '' ? `/api/${resource.version}` : `/apis/${apiVersionOf(resource)}`
    const collection = `${base}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`
    const gvk = { group: resource.group, version: resource.version, kind: resource.kind }
    const name = resource.openapiName ?? builtinSchema(gvk)?.name
    const add = (path: string, verbs: readonly string[], wanted: readonly string[], kind: JsonObject): void => {
      const item = operations(
        verbs.filter((verb) => wanted.includes(verb)),
        kind,
        name && refs + name,
      )
      if (Object.keys(item).length > 0) all[path] = { ...item, ...pathParameters(path) }
    }
    if (resource.namespaced) add(`${base}/${resource.plural}`, resource.verbs, ['list'], gvk)
    add(collection, resource.verbs, ['list', 'create', 'deletecollection'], gvk)
    add(`${collection}/{name}`, resource.verbs, ['get', 'update', 'patch', 'delete'], gvk)
    for (const sub of resource.subresources) {
      const kind = {
        group: sub.group ?? resource.group,
        version: sub.version ?? resource.version,
        kind: sub.kind ?? resource.kind,
      }
      add(`${collection}/{name}/${sub.name}`, sub.verbs, Object.keys(METHOD_OF), kind)
    }
  }
  return all
}

function pathParameters(path: string): JsonObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  if (names.length === 0) return {}
  return {
    parameters: names.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string', uniqueItems: true },
    })),
  }
}

function operations(verbs: readonly string[], gvk: JsonObject, ref: string | undefined): JsonObject {
  const item: JsonObject = {}
  for (const verb of verbs) {
    const method = METHOD_OF[verb]
    if (method === undefined) continue
    const query = verb === 'list' || verb === 'deletecollection' ? QUERY.list : QUERY[method]
    const parameters: Json[] = (query ?? []).map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    }))
    item[method] = {
      'x-kubernetes-action': verb === 'create' ? 'post' : verb === 'update' ? 'put' : verb,
      'x-kubernetes-group-version-kind': gvk,
      ...(parameters.length > 0 && { parameters }),
      responses: {
        '200': { description: 'OK', ...(ref && { content: { 'application/json': { schema: { $ref: ref } } } }) },
      },
    }
  }
  return item
}
