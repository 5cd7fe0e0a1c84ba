import { type JsonObject, listAt, objectAt, stringAt, stringsAt } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { type Fetched, fetchRemote } from './fetch.ts'
import type { RemoteAddress, RemoteApi } from './remote-api.ts'

/** What a server behind an APIService says about itself. */
export interface RemoteDocuments {
  /** Resources in the form of aggregated discovery. */
  readonly resources: readonly JsonObject[]
  /** OpenAPI v3 documents: their path below /openapi/v3, and where they are. */
  readonly openapi: ReadonlyMap<string, string>
}

const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',')

/** Reads the resources and OpenAPI documents of an API; undefined when the server does not tell. */
export async function readDocuments(address: RemoteAddress, api: RemoteApi): Promise<RemoteDocuments | undefined> {
  const [aggregated, plain, openapi] = await Promise.all([
    fetchRemote(address, '/apis', AGGREGATED),
    fetchRemote(address, `/apis/${api.group}/${api.version}`),
    fetchRemote(address, '/openapi/v3'),
  ])
  const resources = aggregatedResources(aggregated, api) ?? plainResources(plain)
  return resources === undefined ? undefined : { resources, openapi: openapiPaths(openapi, api) }
}

function documentOf(fetched: Fetched): JsonObject | undefined {
  if ('error' in fetched || fetched.status !== 200) return undefined
  try {
    const data: unknown = JSON.parse(fetched.body)
    return isObject(data) ? (data as JsonObject) : undefined
  } catch {
    return undefined
  }
}

function aggregatedResources(fetched: Fetched, api: RemoteApi): readonly JsonObject[] | undefined {
  const document = documentOf(fetched)
  if (document?.kind !== 'APIGroupDiscoveryList') return undefined
  const group = listAt(document, 'items').find((item) => stringAt(objectAt(item, 'metadata'), 'name') === api.group)
  const version = listAt(group, 'versions').find((each) => stringAt(each, 'version') === api.version)
  return version === undefined ? undefined : listAt(version, 'resources')
}

/** An APIResourceList in the form of aggregated discovery: sub-resources stand below their resource. */
function plainResources(fetched: Fetched): readonly JsonObject[] | undefined {
  const document = documentOf(fetched)
  if (document?.kind !== 'APIResourceList') return undefined
  const all = listAt(document, 'resources')
  return all
    .filter((resource) => !stringAt(resource, 'name').includes('/'))
    .map((resource) => {
      const name = stringAt(resource, 'name')
      const subresources = all
        .filter((each) => stringAt(each, 'name').startsWith(`${name}/`))
        .map((each) => ({
          subresource: stringAt(each, 'name').slice(name.length + 1),
          responseKind: kindOf(each),
          verbs: stringsAt(each, 'verbs'),
        }))
      const [shortNames, categories] = [stringsAt(resource, 'shortNames'), stringsAt(resource, 'categories')]
      return {
        resource: name,
        responseKind: kindOf(resource),
        scope: resource.namespaced === true ? 'Namespaced' : 'Cluster',
        singularResource: stringAt(resource, 'singularName'),
        verbs: stringsAt(resource, 'verbs'),
        ...(shortNames.length > 0 && { shortNames }),
        ...(categories.length > 0 && { categories }),
        ...(subresources.length > 0 && { subresources }),
      }
    })
}

function kindOf(resource: JsonObject): JsonObject {
  return {
    group: stringAt(resource, 'group'),
    version: stringAt(resource, 'version'),
    kind: stringAt(resource, 'kind'),
  }
}

function openapiPaths(fetched: Fetched, api: RemoteApi): Map<string, string> {
  const paths = objectAt(documentOf(fetched), 'paths') ?? {}
  const own = [`apis/${api.group}`, `apis/${api.group}/${api.version}`]
  return new Map(
    own.flatMap((path) => {
      const url = stringAt(objectAt(paths, path), 'serverRelativeURL')
      return url === '' ? [] : [[path, url] as const]
    }),
  )
}
