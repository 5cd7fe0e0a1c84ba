import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHART, endOn, historyOf, killAndGoOn, LOCK_ENV, numbers } from '../support/killed-clients.ts'
import { createSandbox, mustSucceed, type Sandbox } from '../support/program.ts'

/** `KILL_ROUNDS=100` for the long proof. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 4)
const CLIENTS = 10
/** A pod that no node takes, so that an operation waits until it is ended. */
const HANGING = ['--wait', '--timeout', '2m', '--set', 'hang=true']
const HANGING_POD = `{{ if .Values.hang }}
apiVersion: v1
kind: Pod
metadata: { name: {{ .Release.Name }}-hangs }
spec:
  nodeSelector: { none: such }
  containers: [{ name: c, image: busybox }]
{{ end }}
`

describe('releases are never stuck', () => {
  let sandbox: Sandbox
  let chart: string

  beforeAll(async () => {
    sandbox = createSandbox()
    chart = path.join(sandbox.folder, 'victim')
    mkdirSync(path.join(chart, 'templates'), { recursive: true })
    for (const [name, text] of Object.entries(CHART)) writeFileSync(path.join(chart, name), text)
    writeFileSync(path.join(chart, 'templates/pod.yaml'), HANGING_POD)
    mustSucceed(await sandbox.chartctl(['cluster', 'start', '--storage', 'memory']))
  })
  afterAll(() => sandbox.dispose())

  /** Kills an operation when its record is there, and makes its lock last so long that nobody takes it for dead. */
  const killAfterPending = async (args: readonly string[]): Promise<void> => {
    const stop = new AbortController()
    const operation = endOn(sandbox, args, 'SIGKILL', stop.signal, { CHARTCTL_LOCK_SECONDS: '600' })
    await untilPending(args[1] ?? '')
    stop.abort()
    await operation
  }

  const untilPending = async (name: string): Promise<void> => {
    await expect
      .poll(async () => (await historyOf(sandbox, name)).at(-1)?.status, { timeout: 20_000, interval: 100 })
      .toMatch(/^pending/)
  }

  test('whatever is killed, the next operation works', { timeout: 60_000 + ROUNDS * 30_000 }, async () => {
    const random = numbers(7)
    for (let round = 0; round < ROUNDS; round++) await killAndGoOn(sandbox, chart, round, random)
  })

  test('termination records a failed revision; who comes too early is told who is at work', {
    timeout: 60_000,
  }, async () => {
    const stop = new AbortController()
    const operation = endOn(sandbox, ['install', 'term', chart, ...HANGING], 'SIGTERM', stop.signal)
    await untilPending('term')
    const early = await sandbox.chartctl(['upgrade', 'term', chart, '--explain'], { env: LOCK_ENV })
    expect(early.stderr).toMatch(
      /^Error: UPGRADE FAILED: another operation .* is in progress\n {2}It is the install that \S+ pid \d+ has been running for/,
    )
    const report = await sandbox.chartctl(['release', 'repair', 'term', '-o', 'json'])
    expect(JSON.parse(mustSucceed(report))).toMatchObject({ findings: [{ problem: 'pending', mended: false }] })
    stop.abort()
    expect((await operation).exit).toBe(1)
    expect(await historyOf(sandbox, 'term')).toMatchObject([
      { status: 'failed', description: 'Release "term" failed: context canceled' },
    ])
    mustSucceed(await sandbox.chartctl(['upgrade', 'term', chart, '--no-hooks']))
  })

  test('repair mends what was left without a lock', { timeout: 60_000 }, async () => {
    await killAfterPending(['install', 'left', chart, ...HANGING])
    const refused = await sandbox.chartctl(['upgrade', 'left', chart], { env: LOCK_ENV })
    expect(refused.stderr).toBe('Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n')
    mustSucceed(await sandbox.chartctl(['release', 'repair', 'left', '--force']))
    expect((await historyOf(sandbox, 'left')).at(-1)?.status).toBe('failed')
    expect(mustSucceed(await sandbox.chartctl(['release', 'repair', 'left']))).toBe('Release "left" is in order.\n')
  })

  test('ten clients at once: one after the other when they wait, else one of them', { timeout: 120_000 }, async () => {
    const race = (name: string, more: readonly string[]) =>
      Promise.all(
        Array.from({ length: CLIENTS }, () =>
          sandbox.chartctl(['upgrade', '--install', name, chart, '--no-hooks', ...more], { env: LOCK_ENV }),
        ),
      )
    const waiting = await race('queue', ['--lock-wait', '60s'])
    expect(waiting.map(({ exit, stderr }) => `${exit} ${exit === 0 ? '' : stderr}`)).toEqual(Array(CLIENTS).fill('0 '))
    const queue = await historyOf(sandbox, 'queue')
    expect(queue.map(({ status }) => status)).toEqual([...Array(CLIENTS - 1).fill('superseded'), 'deployed'])

    const hasty = await race('crowd', [])
    expect(hasty.some(({ exit }) => exit === 0)).toBe(true)
    for (const { exit, stderr } of hasty) {
      if (exit !== 0) expect(stderr).toMatch(/another operation .* is in progress|cannot reuse a name|already exists/)
    }
    const crowd = await historyOf(sandbox, 'crowd')
    expect(crowd.filter(({ status }) => status !== 'superseded').map(({ status }) => status)).toEqual(['deployed'])
  })
})
