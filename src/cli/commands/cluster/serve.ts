import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { adjustableClock, errorText, processStart } from '../../../base/index.ts'
import { filesOf, writeClusterKubeconfig } from '../../bundled/ensure.ts'
import { faultLog } from '../../bundled/fault-log.ts'
import { type ClusterFiles, createClusterFolder } from '../../bundled/home.ts'
import { readRunningState, removeState, writeState } from '../../bundled/state.ts'
import { commandFailed } from '../../errors.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { programVersion } from '../../version.ts'
import { serverFlags } from './start.ts'

/**
 * `cluster serve`: the process behind `cluster start`. It serves until it is interrupted, and says `ready` to the
 * process that started it (over Node's IPC channel) once clients may come.
 */
export const clusterServe = defineCommand({
  path: 'cluster serve',
  usage: '[NAME]',
  description: 'Serves a bundled cluster in the foreground until interrupted.',
  examples: '$0 cluster serve testing --storage memory',
  args: maxArgs(1),
  flags: serverFlags,
  async run(ctx, [name], flags) {
    const files = filesOf(ctx.env, name)
    await createClusterFolder(files)
    const other = await readRunningState(files)
    if (other !== undefined) throw commandFailed(`cluster "${files.name}" runs already as process ${other.pid}`)
    await mkdir(files.dataDir, { recursive: true, mode: 0o700 })
    const report = faultLog(ctx.host.clock, ctx.notice)
    // The last net: what no part has caught is told in the log, and the other parts go on serving.
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      process.on(event, (error: unknown) => report('process', event, error))
    }
    const audit = await auditOf(files, { policyFile: flags.auditPolicy, logFile: flags.auditLog })
    const { startCluster } = await import('../../../cluster/index.ts')
    const start = (port: number) =>
      startCluster({
        storage: flags.storage,
        dataDir: files.dataDir,
        port,
        name: files.name,
        nodes: flags.nodes,
        clock: adjustableClock(),
        metrics: flags.metrics,
        ...(flags.staticPods !== '' && { staticPods: flags.staticPods }),
        ...(audit !== undefined && { audit }),
        random: ctx.host.random,
        onError: report,
      })
    const lastPort = flags.port > 0 ? flags.port : await readPort(files)
    const cluster = await start(lastPort).catch((error: unknown) => {
      if (flags.port > 0 || lastPort === 0 || !isAddressInUse(error)) throw error
      return start(0)
    })
    await rememberPort(files, cluster.endpoint)
    const entry = cluster.kubeconfig
    await writeClusterKubeconfig(files, {
      name: files.name,
      server: cluster.endpoint,
      caData: entry.clusters[0]?.cluster['certificate-authority-data'] ?? '',
      token: entry.users[0]?.user.token ?? '',
    })
    await writeState(files, {
      pid: process.pid,
      processStart: processStart(process.pid),
      endpoint: cluster.endpoint,
      storage: flags.storage,
      version: programVersion,
      startedAt: new Date(ctx.host.clock.nowMs()).toISOString(),
    })
    ctx.printLine(`Cluster "${files.name}" serves at ${cluster.endpoint}`)
    process.send?.('ready')
    await new Promise<void>((resolve) => {
      if (ctx.signal.aborted) resolve()
      else ctx.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await cluster.stop()
    await removeState(files, process.pid)
    ctx.printLine(`Cluster "${files.name}" stopped`)
  },
})

/** What is recorded of requests; undefined without a policy. Rejects when the policy cannot be read. */
async function auditOf(
  files: ClusterFiles,
  { policyFile, logFile }: { readonly policyFile: string; readonly logFile: string },
): Promise<{ policy: string; file: string } | undefined> {
  if (policyFile === '') {
    if (logFile !== '') throw commandFailed('--audit-log needs --audit-policy, which says what is recorded')
    return undefined
  }
  const policy = await readFile(policyFile, 'utf8').catch((error: unknown) => {
    throw commandFailed(`cannot read the audit policy: ${errorText(error)}`)
  })
  return { policy, file: logFile === '' ? path.join(files.folder, 'audit.log') : logFile }
}

const portFile = (files: ClusterFiles): string => path.join(files.folder, 'port')

async function readPort(files: ClusterFiles): Promise<number> {
  const port = Number(await readFile(portFile(files), 'utf8').catch(() => '0'))
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0
}

async function rememberPort(files: ClusterFiles, endpoint: string): Promise<void> {
  await writeFile(portFile(files), new URL(endpoint).port, { mode: 0o600 })
}

function isAddressInUse(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && current.code === 'EADDRINUSE') return true
  }
  return false
}
