import type { KubeObject } from '../api/index.ts'
import type { Transport } from '../kube/index.ts'

/** What a new cluster is given besides what every cluster has. */
export interface BootstrapOptions {
  /** Name of the default StorageClass; null: none. */
  readonly storageClass: string | null
}

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** Creates what every cluster starts with; what exists already is left as it is. */
export async function bootstrapCluster(transport: Transport, _options: BootstrapOptions): Promise<void> {
  await Promise.all(NAMESPACES.map((name) => ensure(transport, '/api/v1/namespaces', namespace(name))))
}

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

async function ensure(transport: Transport, collection: string, object: KubeObject): Promise<void> {
  const found = await transport.request({ method: 'GET', path: `${collection}/${object.metadata.name ?? ''}` })
  if (found.status === 200) return
  await transport.request({ method: 'POST', path: collection, body: object })
}
