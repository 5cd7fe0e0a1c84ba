import { apiVersionOf } from '../api/index.ts'
import { errorText } from '../base/index.ts'
import { parseJson } from '../encoding/index.ts'
import type { Client } from './client.ts'
import { errorOfAnswer, isNotFound, isServerTrouble, KubeClientError } from './errors.ts'

/** One resource of one group version, or a sub-resource (`name` then holds a slash). */
export interface DiscoveredResource {
  readonly group: string
  readonly version: string
  /** Plural name in URLs: `pods`, `pods/status`. */
  readonly name: string
  readonly kind: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
}

/** One API group with its versions, the preferred one first. */
export interface DiscoveredGroup {
  readonly name: string
  readonly versions: readonly string[]
}

/** Everything a server serves. */
export interface Discovery {
  readonly groups: readonly DiscoveredGroup[]
  readonly resources: readonly DiscoveredResource[]
  /** Group versions that could not be read (an API service that is down), with the reason. */
  readonly failures: readonly { readonly groupVersion: string; readonly reason: string }[]
}

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

interface AggregatedResource {
  resource: string
  responseKind?: { group?: string; version?: string; kind: string }
  scope: string
  singularResource?: string
  verbs?: string[]
  shortNames?: string[]
  subresources?: { subresource: string; responseKind?: { kind: string }; verbs?: string[] }[]
}

interface AggregatedList {
  kind: string
  items?: {
    metadata?: { name?: string }
    versions: { version: string; resources?: AggregatedResource[]; freshness?: string }[]
  }[]
}

interface LegacyResource {
  name: string
  singularName?: string
  namespaced: boolean
  kind: string
  verbs?: string[]
  shortNames?: string[]
}

/** Asks what the server serves: by aggregated discovery (two requests), else group version by group version. */
export async function discover(client: Client, signal?: AbortSignal): Promise<Discovery> {
  const ask = async (path: string): Promise<unknown> => {
    try {
      const request = { method: 'GET' as const, path, headers: { accept: AGGREGATED }, ...(signal ? { signal } : {}) }
      return (await client.raw(request)).body
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
  const [core, named] = await Promise.all([ask('/api'), ask('/apis')])
  const parts = await Promise.all([readRoot(client, '/api', core, signal), readRoot(client, '/apis', named, signal)])
  return {
    groups: parts.flatMap((part) => part.groups),
    resources: parts.flatMap((part) => part.resources),
    failures: parts.flatMap((part) => part.failures),
  }
}

const NOTHING: Discovery = { groups: [], resources: [], failures: [] }

async function readRoot(
  client: Client,
  root: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Discovery> {
  if (typeof body !== 'object' || body === null) return NOTHING
  const { kind } = body as { kind?: string }
  if (kind === 'APIGroupDiscoveryList') return readAggregated(body as AggregatedList)
  if (kind === 'APIVersions') {
    const { versions } = body as { versions?: string[] }
    return readLegacy(client, root, [{ name: '', versions: versions ?? [] }], signal)
  }
  if (kind === 'APIGroupList') {
    const list = body as {
      groups?: { name: string; versions: { version: string }[]; preferredVersion?: { version: string } }[]
    }
    const groups = (list.groups ?? []).map((group) => {
      const preferred = group.preferredVersion?.version
      const versions = group.versions.map((entry) => entry.version)
      const sorted = preferred === undefined ? versions : [preferred, ...versions.filter((v) => v !== preferred)]
      return { name: group.name, versions: sorted }
    })
    return readLegacy(client, root, groups, signal)
  }
  throw new KubeClientError(
    'DISCOVERY',
    `the server answered ${root} with an unknown kind ${JSON.stringify(kind ?? '')}`,
  )
}

function readAggregated(list: AggregatedList): Discovery {
  const groups: DiscoveredGroup[] = []
  const resources: DiscoveredResource[] = []
  const failures: { groupVersion: string; reason: string }[] = []
  for (const item of list.items ?? []) {
    const group = item.metadata?.name ?? ''
    groups.push({ name: group, versions: item.versions.map((entry) => entry.version) })
    for (const { version, resources: found, freshness } of item.versions) {
      if (freshness === 'Stale') {
        const groupVersion = apiVersionOf({ group, version })
        failures.push({ groupVersion, reason: `stale GroupVersion discovery: ${groupVersion}` })
        continue
      }
      for (const resource of found ?? []) resources.push(...fromAggregated(group, version, resource))
    }
  }
  return { groups, resources, failures }
}

function fromAggregated(group: string, version: string, entry: AggregatedResource): DiscoveredResource[] {
  const namespaced = entry.scope === 'Namespaced'
  const main = {
    group,
    version,
    name: entry.resource,
    kind: entry.responseKind?.kind ?? '',
    singularName: entry.singularResource ?? '',
    namespaced,
    verbs: entry.verbs ?? [],
    shortNames: entry.shortNames ?? [],
  }
  const subs = (entry.subresources ?? []).map((sub) => ({
    ...main,
    name: `${entry.resource}/${sub.subresource}`,
    kind: sub.responseKind?.kind ?? '',
    verbs: sub.verbs ?? [],
    shortNames: [],
  }))
  return [main, ...subs].filter((resource) => resource.kind !== '')
}

async function readLegacy(
  client: Client,
  root: string,
  groups: readonly DiscoveredGroup[],
  signal: AbortSignal | undefined,
): Promise<Discovery> {
  const failures: { groupVersion: string; reason: string }[] = []
  const pairs = groups.flatMap((group) => group.versions.map((version) => ({ group: group.name, version })))
  const lists = await Promise.all(
    pairs.map(async ({ group, version }) => {
      const path = group === '' ? `${root}/${version}` : `${root}/${group}/${version}`
      try {
        const { body } = await client.raw({ method: 'GET', path, ...(signal ? { signal } : {}) })
        return ((body as { resources?: LegacyResource[] }).resources ?? []).map((entry) => ({
          group,
          version,
          name: entry.name,
          kind: entry.kind,
          singularName: entry.singularName ?? '',
          namespaced: entry.namespaced,
          verbs: entry.verbs ?? [],
          shortNames: entry.shortNames ?? [],
        }))
      } catch (error) {
        if (!isNotFound(error) && !isServerTrouble(error)) throw error
        failures.push({ groupVersion: apiVersionOf({ group, version }), reason: error.message })
        return []
      }
    }),
  )
  return { groups, resources: lists.flat(), failures }
}

/** `v1`, `apps/v1`, `apps/v1/Deployment`, …: what charts ask with `.Capabilities.APIVersions.Has`. As Helm's GetVersionSet. */
export function apiVersionSet(discovery: Discovery): string[] {
  const versions = new Set<string>()
  for (const group of discovery.groups) {
    for (const version of group.versions) versions.add(apiVersionOf({ group: group.name, version }))
  }
  for (const resource of discovery.resources) versions.add(`${apiVersionOf(resource)}/${resource.kind}`)
  return [...versions]
}

/** The server's `/version`. */
export interface ServerVersion {
  readonly major: string
  readonly minor: string
  readonly gitVersion: string
}

/** What Go says of an answer that is no JSON object. */
function whyNoRecord(body: unknown): string {
  try {
    parseJson(String(body))
    return 'json: cannot unmarshal into Go value of type version.Info'
  } catch (error) {
    return errorText(error)
  }
}

/** Asks for the server's version. */
export async function serverVersion(client: Client, signal?: AbortSignal): Promise<ServerVersion> {
  const request = { method: 'GET' as const, path: '/version', ...(signal ? { signal } : {}) }
  const { status, headers, body } = await client.transport.request(request)
  if (status < 200 || status > 299) {
    // client-go reads this answer raw: the words of its Status do not count.
    const text = headers['content-type']?.startsWith('text/') === true ? body : undefined
    throw errorOfAnswer(status, text, { verb: 'get', resource: '', name: '' })
  }
  if (typeof body !== 'object' || body === null) {
    throw new KubeClientError('BAD_ANSWER', `unable to parse the server version: ${whyNoRecord(body)}`)
  }
  const { major = '', minor = '', gitVersion = '' } = body as Partial<ServerVersion>
  return { major, minor, gitVersion }
}
