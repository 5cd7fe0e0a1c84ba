import { systemClock } from '../../base/index.ts'
import type { KubeObject } from '../../api/index.ts'
import { createClient, createHttpTransport, loadConfig, processRunner, resolveConnection } from '../../kube/index.ts'
import type { ClusterDescription } from './describe.ts'

/** A cluster that does not answer within this time has no nodes to show. */
const ANSWER_LIMIT_MS = 3_000

/** Asks a running cluster for its nodes. */
export async function listNodes(kubeconfig: string): Promise<ClusterDescription['nodes']> {
  const connection = resolveConnection(loadConfig({ explicitPath: kubeconfig }), {}, { env: {} }, 'chartctl')
  const transport = createHttpTransport(connection, {
    clock: systemClock({ unref: true }),
    env: {},
    runExec: processRunner({}, () => undefined),
  })
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS)
    const gvr = { group: '', version: 'v1', resource: 'nodes' }
    const { items } = await createClient(transport).list(gvr, {}, { signal })
    return items.map((node) => ({ name: node.metadata.name ?? '', status: readiness(node) }))
  } finally {
    await transport.close()
  }
}

function readiness(node: KubeObject): string {
  const status = node.status as { conditions?: { type: string; status: string }[] } | undefined
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready')
  return ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
}
