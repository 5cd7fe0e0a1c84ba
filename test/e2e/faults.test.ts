import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capturedOutput, fixedInput, runCli } from '../../src/cli/index.ts'
import { type RunningCluster, startCluster } from '../../src/cluster/cluster.ts'
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'

const FAULTS: readonly Fault[] = ['cut', 'lost', 'unavailable', 'throttled', 'internal']

const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: spoiled\nversion: 0.1.0\n',
  'templates/objects.yaml': `{{ range until 3 }}---
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ $.Release.Name }}-{{ . }} }
data: { revision: "{{ $.Release.Revision }}" }
{{ end }}`,
}

describe('a fault between any two requests', () => {
  let cluster: RunningCluster
  let proxy: FaultProxy
  let folder: string
  let chart: string

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'chartctl-faults-'))
    chart = path.join(folder, 'spoiled')
    mkdirSync(path.join(chart, 'templates'), { recursive: true })
    for (const [name, text] of Object.entries(CHART)) writeFileSync(path.join(chart, name), text)
    cluster = await startCluster({ storage: 'memory', nodes: 0 })
    const direct = path.join(folder, 'direct')
    writeFileSync(direct, cluster.kubeconfigText)
    const server = /"?server"?: "?(https:[^"\s]+)/.exec(cluster.kubeconfigText)?.[1] ?? ''
    proxy = await startFaultProxy(server)
    writeFileSync(path.join(folder, 'spoiled.yaml'), cluster.kubeconfigText.replace(server, proxy.url))
  })
  afterAll(async () => {
    await proxy.close()
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const run = async (kubeconfig: string, ...argv: readonly string[]) => {
    const [stdout, stderr] = [capturedOutput(), capturedOutput()]
    const env = { HOME: folder, KUBECONFIG: path.join(folder, kubeconfig), CHARTCTL_LOCK_SECONDS: '1', TZ: 'UTC' }
    const exit = await runCli(argv, { io: { stdin: fixedInput(), stdout, stderr }, env, programPath: 'chartctl' })
    return { exit, stdout: stdout.text(), stderr: stderr.text() }
  }

  /** One operation that meets the fault, then what a user does next; gives what went wrong, if anything did. */
  const round = async (name: string, operation: readonly string[], index: number, fault: Fault): Promise<string[]> => {
    proxy.arm(index, fault)
    const spoiled = await run('spoiled.yaml', ...operation)
    const words = `${operation[0]} with request ${index} ${fault}`
    const problems: string[] = []
    if (spoiled.exit !== 0 && !/^(level=.*\n)*Error: .+/.test(spoiled.stderr))
      problems.push(`${words}: ${spoiled.stderr}`)
    const next = await run('direct', 'upgrade', '--install', name, chart, '--lock-wait', '20s')
    if (next.exit !== 0) problems.push(`${words}: ${spoiled.stderr} then: ${next.stderr}`)
    const history = JSON.parse((await run('direct', 'history', name, '-o', 'json')).stdout) as { status: string }[]
    const open = history
      .filter(({ status }) => status !== 'superseded' && status !== 'failed')
      .map(({ status }) => status)
    if (open.join() !== 'deployed' || history.at(-1)?.status !== 'deployed') {
      problems.push(`${words} left ${history.map(({ status }) => status).join(', ')}`)
    }
    return problems
  }

  test('leaves no release that the next command cannot mend', { timeout: 240_000 }, async () => {
    proxy.arm(-1, undefined)
    expect(await run('spoiled.yaml', 'install', 'probe', chart)).toMatchObject({ exit: 0, stderr: '' })
    const requests = proxy.seen()
    expect(requests).toBeGreaterThan(6)
    const problems: string[] = []
    for (let index = 0; index < requests; index++) {
      const fault = FAULTS[index % FAULTS.length] ?? 'cut'
      problems.push(...(await round(`i-${index}`, ['install', `i-${index}`, chart], index, fault)))
      const other = FAULTS[(index + 2) % FAULTS.length] ?? 'cut'
      problems.push(...(await round('probe', ['upgrade', 'probe', chart], index, other)))
    }
    expect(problems).toEqual([])
  })

  test('a server that throttles is asked again after the time it names', async () => {
    proxy.arm(2, 'throttled')
    expect(await run('spoiled.yaml', 'install', 'patient', chart)).toMatchObject({ exit: 0, stderr: '' })
  })
})
