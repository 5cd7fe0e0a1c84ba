import { readFile } from 'node:fs/promises'
import { clusterNotFound } from '../../bundled/errors.ts'
import { filesOf } from '../../bundled/ensure.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { boolFlag } from '../../flags/define.ts'

/** `cluster kubeconfig`: the cluster's own kubeconfig, or its path. */
export const clusterKubeconfig = defineCommand({
  path: 'cluster kubeconfig',
  usage: '[NAME]',
  description: 'Prints a kubeconfig that holds this cluster alone. It holds a private key: treat it as a password.',
  examples: `$0 cluster kubeconfig > kubeconfig.yaml
export KUBECONFIG=$($0 cluster kubeconfig --path)`,
  args: maxArgs(1),
  flags: { path: boolFlag('print the path of the file instead of its content') },
  async run(ctx, [name], flags) {
    const files = filesOf(ctx.env, name)
    const text = await readFile(files.kubeconfig, 'utf8').catch(() => {
      throw clusterNotFound(files.name, files.folder)
    })
    if (flags.path) ctx.printLine(files.kubeconfig)
    else ctx.print(text)
  },
})
