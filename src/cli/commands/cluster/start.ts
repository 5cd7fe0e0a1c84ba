import path from 'node:path'
import { filesOf, startBundled } from '../../bundled/ensure.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { boolFlag, customFlag, FlagValueError, intFlag, stringFlag } from '../../flags/define.ts'

/** The flags of those who start a cluster's process, and of that process. */
export const serverFlags = {
  storage: customFlag<'lmdb' | 'memory'>({
    type: 'string',
    usage: 'where objects are kept: lmdb (on disk) or memory (gone when it stops)',
    initial: 'lmdb',
    parse: (text) => {
      if (text === 'lmdb' || text === 'memory') return text
      throw new FlagValueError('must be lmdb or memory')
    },
    show: (value) => value,
    complete: () => ({ candidates: ['lmdb\ton disk', 'memory\tgone when it stops'] }),
  }),
  port: intFlag('port on 127.0.0.1; 0 keeps the last one, or takes a free one'),
  nodes: intFlag('number of simulated nodes', 1),
  metrics: boolFlag('serve usage (kubectl top, autoscalers), as if a metrics server were installed'),
  staticPods: stringFlag('folder whose pod manifests the first node runs by itself'),
  auditPolicy: stringFlag('file with a policy (audit.k8s.io/v1) of what is recorded of requests'),
  auditLog: stringFlag("file to which audit events are appended; audit.log in the cluster's folder by default"),
}

/** `cluster start`: safe to repeat; a running cluster is left as it is. */
export const clusterStart = defineCommand({
  path: 'cluster start',
  usage: '[NAME]',
  description: `Starts a bundled cluster in the background and waits until it serves. A context of its name is merged into the file
that KUBECONFIG names, or ~/.kube/config, and made current. A cluster that runs already is left as it is.`,
  examples: `$0 cluster start
$0 cluster start --storage memory
$0 cluster start testing --nodes 3 --make-current=false
$0 cluster start --audit-policy policy.yaml --audit-log requests.log`,
  args: maxArgs(1),
  flags: {
    ...serverFlags,
    makeCurrent: boolFlag('make the context current', true),
  },
  async run(ctx, [name], flags) {
    const files = filesOf(ctx.env, name)
    const { state, started, kubeconfig } = await startBundled(
      files,
      { env: ctx.env, home: ctx.folders.home },
      {
        storage: flags.storage,
        nodes: flags.nodes,
        metrics: flags.metrics,
        ...(flags.staticPods === '' ? {} : { staticPods: path.resolve(flags.staticPods) }),
        ...(flags.auditPolicy === '' ? {} : { auditPolicy: path.resolve(flags.auditPolicy) }),
        ...(flags.auditLog === '' ? {} : { auditLog: path.resolve(flags.auditLog) }),
        makeCurrent: flags.makeCurrent,
        ...(flags.port > 0 ? { port: flags.port } : {}),
      },
    )
    ctx.printLine(`Cluster "${files.name}" ${started ? 'is running' : 'was already running'} at ${state.endpoint}`)
    const current = flags.makeCurrent ? ' and is current' : ''
    ctx.printLine(`Context "${files.name}" is in ${kubeconfig}${current}`)
  },
})
