import { registeredNode } from '../../../api/index.ts'
import { existingFilesOf } from '../../bundled/ensure.ts'
import { type BundledApi, withBundledApi } from '../../bundled/connect.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { intFlag, stringFlag, stringMapFlag } from '../../flags/define.ts'
import { clusterFlag } from './backup.ts'

const NODES = '/api/v1/nodes'

/** `cluster node add`: further simulated nodes, while the cluster runs. */
export const clusterNodeAdd = defineCommand({
  path: 'cluster node add',
  usage: '[NAME]',
  description: `Adds simulated nodes to a running bundled cluster. Without a name they are numbered on (chartctl-node-2, …). A node that
was added stays until it is removed, also over restarts.`,
  examples: `$0 cluster node add
$0 cluster node add gpu-1 --label accelerator=gpu --cpu 8 --memory 16Gi
$0 cluster node add --count 3 --label topology.kubernetes.io/zone=b`,
  args: maxArgs(1),
  flags: {
    cluster: clusterFlag,
    count: intFlag('how many nodes to add', 1),
    label: stringMapFlag('label of the nodes (key=value); repeat it, or separate several by commas'),
    cpu: stringFlag('how many CPUs a node offers', '64'),
    memory: stringFlag('how much memory a node offers', '256Gi'),
    pods: stringFlag('how many pods a node takes', '500'),
  },
  async run(ctx, [name], flags) {
    if (name !== undefined && flags.count !== 1) throw commandFailed('a name and --count cannot be given together')
    const files = await existingFilesOf(ctx.env, flags.cluster)
    await withBundledApi(files, async (api) => {
      for (let i = 0; i < flags.count; i++) {
        const added = await api.post(NODES, nodeObject(name ?? (await nextName(api)), flags))
        ctx.printLine(`Node "${added.metadata.name}" added`)
      }
    })
  },
})

/** The first number that no node has. */
async function nextName(api: BundledApi): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'chartctl-node' : `chartctl-node-${number}`
    if ((await api.get(`${NODES}/${name}`)) === undefined) return name
  }
}

function nodeObject(
  name: string,
  { label, cpu, memory, pods }: { label: ReadonlyMap<string, string>; cpu: string; memory: string; pods: string },
): unknown {
  const capacity = { cpu, memory, pods, 'ephemeral-storage': '1Ti', 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' }
  const { metadata, ...node } = registeredNode(name)
  const labels = { ...metadata.labels, ...Object.fromEntries(label) }
  return { ...node, metadata: { ...metadata, labels }, status: { capacity } }
}
