import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { capturedOutput, fixedInput, runCli } from '../../src/cli/index.ts'
import { type RunningCluster, startCluster } from '../../src/cluster/cluster.ts'

/** A chart, and a cluster of this process that commands reach. */
export interface ChartOnCluster {
  readonly cluster: RunningCluster
  /** The chart's folder. */
  readonly chart: string
  /** Runs a command; with a signal, its end is the user's interrupt. */
  run(argv: readonly string[], signal?: AbortSignal): Promise<{ exit: number; stdout: string; stderr: string }>
  stop(): Promise<void>
}

/** Writes a chart (texts by paths) and starts a cluster without nodes: whatever needs a pod to run never begins. */
export async function chartOnCluster(files: Readonly<Record<string, string>>): Promise<ChartOnCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chartctl-on-cluster-'))
  const chart = path.join(folder, 'chart')
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(chart, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const cluster = await startCluster({ storage: 'memory', nodes: 0 })
  const env = { HOME: folder, KUBECONFIG: path.join(folder, 'kubeconfig'), TZ: 'UTC' }
  writeFileSync(env.KUBECONFIG, cluster.kubeconfigText, { mode: 0o600 })
  return {
    cluster,
    chart,
    async run(argv, signal) {
      const [stdout, stderr] = [capturedOutput(), capturedOutput()]
      const around = { io: { stdin: fixedInput(), stdout, stderr }, env, programPath: 'chartctl' }
      const exit = await runCli(argv, signal === undefined ? around : { ...around, signal: () => signal })
      return { exit, stdout: stdout.text(), stderr: stderr.text() }
    },
    async stop() {
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
