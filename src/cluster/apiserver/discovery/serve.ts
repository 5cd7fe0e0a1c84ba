import type { RemoteVersion } from '../aggregation/index.ts'
import type { ServerResponse } from '../exchange.ts'
import { methodNotAllowed, wrongShape } from '../errors.ts'
import { negotiateOutput, parseAccept } from '../negotiate.ts'
import type { ResourceRegistry } from '../registry/registry.ts'
import { encodedResponse } from '../respond.ts'
import type { PathHandler } from '../server.ts'
import { describeAggregated, type DiscoveryRoot } from './aggregated.ts'
import { HEALTH_PATHS } from './health.ts'
import { OPENID_PATHS } from './openid.ts'
import { type ApiGroup, describeGroup, describeResources, groupsOf } from './groups.ts'
import { SERVER_VERSION } from './version.ts'

/**
 * Serves /api, /apis and what is below them down to one group and version, and /version. `remote` gives what other servers
 * serve; their resources they tell themselves.
 */
export function discoveryPaths(registry: ResourceRegistry, remote: () => readonly RemoteVersion[]): PathHandler {
  return (request) => {
    const parts = request.path.split('/').filter((part) => part !== '')
    const isDocument =
      ['api', 'apis', 'version'].includes(parts[0] ?? '') && parts.length <= (parts[0] === 'api' ? 2 : 3)
    if (isDocument && request.method !== 'GET') throw methodNotAllowed()
    const plain = (data: unknown): ServerResponse =>
      encodedResponse(200, data, negotiateOutput(plainAccept(request.headers.accept), request.query))
    if (parts.length === 0) return rawDocument({ paths: rootPaths(allGroups(registry, remote())) })
    if (parts[0] === 'version' && parts.length === 1) return rawDocument(SERVER_VERSION)
    if (parts[0] === 'api') {
      if (parts.length === 1) return aggregated(request.headers.accept, 'core', registry, []) ?? plain(coreVersions())
      if (parts.length === 2 && parts[1] === 'v1') {
        return plain(describeResources({ group: '', version: 'v1' }, registry.all()))
      }
    }
    if (parts[0] === 'apis') {
      const groups = allGroups(registry, remote())
      if (parts.length === 1)
        return aggregated(request.headers.accept, 'groups', registry, remote()) ?? plain(groupList(groups))
      const group = groups.find(({ name }) => name === parts[1])
      if (group === undefined) return undefined
      if (parts.length === 2) return plain({ kind: 'APIGroup', apiVersion: 'v1', ...describeGroup(group) })
      const version = parts[2] ?? ''
      if (parts.length === 3 && registry.serves({ group: group.name, version })) {
        return plain(describeResources({ group: group.name, version }, registry.all()))
      }
    }
    return undefined
  }
}

/** The groups that are served here, and those that other servers serve. */
function allGroups(registry: ResourceRegistry, remote: readonly RemoteVersion[]): ApiGroup[] {
  return groupsOf([...registry.all(), ...remote])
}

function rootPaths(all: readonly ApiGroup[]): string[] {
  const groups = all.flatMap(({ name, versions }) => [
    `/apis/${name}`,
    ...versions.map((version) => `/apis/${name}/${version}`),
  ])
  const own = ['/openapi/v2', '/openapi/v3', '/openapi/v3/', '/version', ...OPENID_PATHS, ...HEALTH_PATHS]
  return ['/api', '/api/v1', '/apis', '/apis/', ...groups, ...own].sort()
}

/** Indented, whatever the client accepts. */
function rawDocument(data: unknown): ServerResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(data, undefined, 2),
  }
}

function coreVersions(): Record<string, unknown> {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '' }],
  }
}

function groupList(groups: readonly ApiGroup[]): Record<string, unknown> {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(describeGroup) }
}

const TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

/** Clauses that ask for a transformed answer do not apply here. */
function plainAccept(accept: string | undefined): string | undefined {
  if (accept === undefined) return undefined
  const clauses = parseAccept(accept)
  const kept = clauses.filter(({ parameters }) => parameters.as === undefined)
  if (clauses.length > 0 && kept.length === 0)
    throw wrongShape(`only the following media types are accepted: ${TYPES.join(', ')}`)
  return kept.length === 0 ? undefined : kept.map(({ type }) => type).join(',')
}

/** The aggregated form, when the client asks for it before the plain one. */
function aggregated(
  accept: string | undefined,
  root: DiscoveryRoot,
  registry: ResourceRegistry,
  remote: readonly RemoteVersion[],
): ServerResponse | undefined {
  for (const { type, parameters } of parseAccept(accept ?? '')) {
    if (type !== 'application/json' && type !== '*/*') continue
    if (parameters.as === undefined) return undefined
    if (parameters.as !== 'APIGroupDiscoveryList' || parameters.g !== 'apidiscovery.k8s.io') continue
    const version = parameters.v ?? ''
    if (version !== 'v2' && version !== 'v2beta1') continue
    const body = `${JSON.stringify(describeAggregated(root, { definitions: registry.all(), remote }, version))}\n`
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
    return { status: 200, headers: { 'content-type': contentType, vary: 'Accept' }, body }
  }
  return undefined
}
