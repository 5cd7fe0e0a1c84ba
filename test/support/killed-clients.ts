import { spawn } from 'node:child_process'
import path from 'node:path'
import { mustSucceed, root, type Sandbox } from './program.ts'

/** One revision as `history -o json` prints it. */
export interface Revision {
  readonly revision: number
  readonly status: string
  readonly description: string
}

/** A repeatable source of numbers from 0 to 1. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** How long a process may be silent before it counts as dead, in these tests. */
export const LOCK_ENV = { CHARTCTL_LOCK_SECONDS: '1' }

/** Writes a chart with a few objects and a hook that takes a moment, so that there is something to interrupt. */
export const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: victim\nversion: 0.1.0\n',
  'templates/objects.yaml': `{{ range until 6 }}---
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ $.Release.Name }}-{{ . }} }
data: { revision: "{{ $.Release.Revision }}" }
{{ end }}`,
  'templates/hook.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade,post-upgrade,pre-rollback
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: c, image: busybox }]
`,
}

/** Starts chartctl and sends it `signal` when `when` aborts, unless it is done by then; gives its exit code. */
export function endOn(
  sandbox: Sandbox,
  args: readonly string[],
  signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT',
  when: AbortSignal,
  env: Readonly<Record<string, string>> = LOCK_ENV,
): Promise<{ readonly exit: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'bin/chartctl.js'), ...args], {
      env: { ...sandbox.env, ...env },
      cwd: path.join(sandbox.folder, 'work'),
      stdio: 'ignore',
    })
    when.addEventListener('abort', () => child.kill(signal), { once: true })
    child.on('error', reject)
    child.on('close', (exit) => resolve({ exit }))
  })
}

/** The revisions of a release; none when it does not exist. */
export async function historyOf(sandbox: Sandbox, name: string): Promise<readonly Revision[]> {
  const finished = await sandbox.chartctl(['history', name, '-o', 'json'])
  if (finished.exit !== 0 && finished.stderr.includes('not found')) return []
  return JSON.parse(mustSucceed(finished)) as Revision[]
}

/**
 * Kills one operation on the release at a moment between 0 and `spanMs`, then does what a user would do next, and checks
 * that it works and leaves the release in order: one deployed revision, the newest, and none pending. Throws otherwise.
 */
export async function killAndGoOn(
  sandbox: Sandbox,
  chart: string,
  round: number,
  random: () => number,
): Promise<string> {
  const name = `victim-${round % 4}`
  const before = await historyOf(sandbox, name)
  const canRollBack = before.length > 1
  const operation = before.length === 0 ? 'install' : canRollBack && round % 3 === 2 ? 'rollback' : 'upgrade'
  const args = operation === 'rollback' ? ['rollback', name] : [operation, name, chart]
  const afterMs = Math.round(150 + random() * 900)
  await endOn(sandbox, args, 'SIGKILL', AbortSignal.timeout(afterMs))
  const next = ['upgrade', '--install', name, chart, '--lock-wait', '30s']
  const finished = await sandbox.chartctl(next, { env: LOCK_ENV })
  const words = `round ${round}: ${operation} killed after ${afterMs} ms`
  if (finished.exit !== 0) throw new Error(`${words}; then: ${finished.stderr}`)
  const after = await historyOf(sandbox, name)
  const deployed = after.filter(({ status }) => status === 'deployed')
  const pending = after.filter(({ status }) => status.startsWith('pending'))
  if (deployed.length !== 1 || deployed[0] !== after.at(-1) || pending.length > 0) {
    throw new Error(`${words}; left: ${JSON.stringify(after)}`)
  }
  return words
}
