import { type ClusterDescription, describeCluster } from '../../bundled/describe.ts'
import { filesOf } from '../../bundled/ensure.ts'
import { listNodes } from '../../bundled/nodes.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { outputFlag } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'

/** `cluster status`: what runs where. */
export const clusterStatus = defineCommand({
  path: 'cluster status',
  usage: '[NAME]',
  description: 'Shows whether a bundled cluster runs, where it is reached and where its data is.',
  examples: '$0 cluster status -o json',
  args: maxArgs(1),
  flags: { output: outputFlag },
  async run(ctx, [name], flags) {
    const cluster = await describeCluster(filesOf(ctx.env, name), listNodes)
    printOutput(ctx, flags.output, { table: () => statusText(cluster), value: () => cluster })
  },
})

function statusText(cluster: ClusterDescription): string {
  const rows: readonly (readonly [string, string])[] = [
    ['NAME', cluster.name],
    ['STATE', cluster.state],
    ['PID', cluster.pid === null ? '' : String(cluster.pid)],
    ['ENDPOINT', cluster.endpoint ?? ''],
    ['KUBECONFIG', cluster.kubeconfig],
    ['STORAGE', cluster.storage ?? ''],
    ['DATA', cluster.dataFolder],
    ['VERSION', cluster.version ?? ''],
    ['NODES', cluster.nodes.map((node) => `${node.name} (${node.status})`).join(', ')],
  ]
  return rows
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${`${label}:`.padEnd(12)}${text}`)
    .join('\n')
}
