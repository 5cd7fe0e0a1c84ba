import { apiVersionOf } from '../../api/index.ts'
import type { Chart } from '../../chart/index.ts'
import { KubeClientError, type Mapping, readManifest } from '../../kube/index.ts'
import type { ReleasePorts } from '../ports.ts'

/**
 * Ports to plan an operation with that writes the CRDs of a chart: their kinds can be named, by manifests and by templates
 * that look at the server's capabilities, although no server serves them yet.
 */
export function withComingKinds(ports: ReleasePorts, chart: Pick<Chart, 'crds'> | undefined): ReleasePorts {
  const coming = chart?.crds.flatMap(({ file }) => kindsOf(Buffer.from(file.data).toString('utf8'))) ?? []
  if (coming.length === 0) return ports
  const { cluster } = ports
  const mapper: typeof cluster.mapper = {
    ...cluster.mapper,
    async mappingFor(gvk, signal) {
      try {
        return await cluster.mapper.mappingFor(gvk, signal)
      } catch (error) {
        const isUnknown = error instanceof KubeClientError && error.code === 'NO_MATCH'
        const found = isUnknown ? coming.find((one) => nameOf(one.gvk) === nameOf(gvk)) : undefined
        if (found === undefined) throw error
        return found
      }
    },
  }
  const capabilities: typeof cluster.capabilities = async (signal) => {
    const known = await cluster.capabilities(signal)
    const more = coming.flatMap(({ gvk }) => [apiVersionOf(gvk), nameOf(gvk)])
    return { ...known, apiVersions: [...new Set([...known.apiVersions, ...more])] }
  }
  return { ...ports, cluster: { ...cluster, mapper, capabilities } }
}

const nameOf = (gvk: Mapping['gvk']): string => `${apiVersionOf(gvk)}/${gvk.kind}`

interface CrdDocument {
  readonly kind?: unknown
  readonly spec?: {
    readonly group?: string
    readonly scope?: string
    readonly names?: { readonly kind?: string; readonly plural?: string }
    readonly versions?: readonly { readonly name?: string; readonly served?: boolean }[]
  }
}

/** The kinds that the CRDs of a file make; none of a file that cannot be read, which others complain about. */
function kindsOf(text: string): Mapping[] {
  let documents: readonly unknown[]
  try {
    documents = readManifest(text)
  } catch {
    return []
  }
  return documents.flatMap((document) => {
    const { kind: type, spec } = (document ?? {}) as CrdDocument
    const { group = '', names: { kind = '', plural = '' } = {}, scope, versions = [] } = spec ?? {}
    if (type !== 'CustomResourceDefinition' || kind === '' || plural === '' || !Array.isArray(versions)) return []
    return versions
      .filter(({ served }) => served === true)
      .map(({ name: version = '' }) => ({
        gvk: { group, version, kind },
        gvr: { group, version, resource: plural },
        namespaced: scope === 'Namespaced',
      }))
  })
}
