import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { type RunningCluster, startCluster } from '../../src/cluster/index.ts'
import { hasProgram, root, run } from '../support/program.ts'
import type { FamilyRunner } from './runner.ts'

/** Runs scenarios of `release`, `kubectl` and `api`, and stops what that needed. */
export interface ClusterCases {
  readonly run: FamilyRunner
  close(): Promise<void>
}

/** Waiting limits of the recordings are multiplied by this: test machines are small and busy. */
const TIME_SCALE = '3'

interface Reference {
  readonly cluster: RunningCluster
  readonly kubeconfig: string
}

/**
 * Scenarios need a running cluster and are replayed by the recordings' own program, one file at a time: on one cluster
 * that all share, or on a new one where a scenario asks for that. `helm` is the built program, called by that name.
 */
export function clusterCases(): ClusterCases {
  const folder = mkdtempSync(join(tmpdir(), 'chartctl-replay-'))
  const helm = join(folder, 'helm')
  writeFileSync(helm, `#!/bin/sh\nCHARTCTL_NAME=helm exec ${process.execPath} ${join(root, 'bin/chartctl.js')} "$@"\n`)
  chmodSync(helm, 0o755)
  let shared: Promise<Reference> | undefined
  let started = 0

  const start = async (): Promise<Reference> => {
    // As the cluster of the recordings: clients create the nodes, and there is no storage class.
    const cluster = await startCluster({ storage: 'memory', nodes: 0, defaultStorageClass: null })
    const kubeconfig = join(folder, `kubeconfig-${++started}`)
    writeFileSync(kubeconfig, cluster.kubeconfigText, { mode: 0o600 })
    return { cluster, kubeconfig }
  }

  return {
    async run(file, report) {
      const scenario = JSON.parse(readFileSync(file, 'utf8')) as { id: string; fresh?: boolean }
      if (basename(dirname(file)) !== 'api' && !hasProgram('kubectl')) {
        report({ id: scenario.id, status: 'skipped', detail: 'kubectl is not installed' })
        return
      }
      shared ??= start()
      const own = scenario.fresh === true ? await start() : undefined
      const { kubeconfig } = own ?? (await shared)
      const replay = resolve(dirname(file), '../replay.mjs')
      const command = [process.execPath, replay, '--kubeconfig', kubeconfig, '--helm', helm, '--time-scale', TIME_SCALE]
      const alone = own === undefined ? [] : ['--fresh', `echo ${kubeconfig}`]
      const { stdout, stderr } = await run([...command, ...alone, file], { env: process.env })
      await own?.cluster.stop()
      if (/^pass /m.test(stdout)) report({ id: scenario.id, status: 'passed' })
      else if (/^FAIL /m.test(stdout)) report({ id: scenario.id, status: 'failed', detail: failureOf(stdout) })
      else if (/\b1 skipped$/m.test(stdout))
        report({ id: scenario.id, status: 'skipped', detail: 'a file it needs is not there' })
      else report({ id: scenario.id, status: 'failed', detail: `${stdout}${stderr}` })
    },
    async close() {
      await shared?.then(({ cluster }) => cluster.stop())
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the replayer says about a failing scenario, without its first and last line. */
function failureOf(output: string): string {
  const lines = output.trimEnd().split('\n')
  return lines.slice(1, -1).join('\n')
}
