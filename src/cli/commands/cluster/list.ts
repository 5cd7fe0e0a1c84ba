import { describeCluster } from '../../bundled/describe.ts'
import { filesOf } from '../../bundled/ensure.ts'
import { listClusterNames } from '../../bundled/home.ts'
import { listNodes } from '../../bundled/nodes.ts'
import { defineCommand, noArgs } from '../../command.ts'
import { chartctlHome } from '../../environment.ts'
import { outputFlag } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'

/** `cluster list`: all clusters that have data. */
export const clusterList = defineCommand({
  path: 'cluster list',
  description: 'Lists the bundled clusters and whether they run.',
  examples: '$0 cluster list -o json',
  args: noArgs,
  flags: { output: outputFlag },
  async run(ctx, _args, flags) {
    const names = await listClusterNames(chartctlHome(ctx.env))
    const clusters = await Promise.all(names.map((name) => describeCluster(filesOf(ctx.env, name), listNodes)))
    printOutput(ctx, flags.output, {
      table: () => [
        ['NAME', 'STATE', 'ENDPOINT', 'STORAGE', 'NODES'],
        ...clusters.map((c) => [c.name, c.state, c.endpoint ?? '', c.storage ?? '', String(c.nodes.length)]),
      ],
      value: () => clusters,
    })
  },
})
