import { expect, test } from 'vitest'
import type { Pod } from '../../../../src/cluster/control/index.ts'
import { PodAddresses } from '../../../../src/cluster/node/addresses.ts'
import { advanceContainer, begin } from '../../../../src/cluster/node/runtime/simulated/container-run.ts'
import { advancePod } from '../../../../src/cluster/node/runtime/simulated/pod-run.ts'
import { parseDurationMs } from '../../../../src/cluster/node/runtime/simulated/script.ts'
import { settingsOf } from '../../../../src/cluster/node/runtime/simulated/settings.ts'
import { podStatus } from '../../../../src/cluster/node/status.ts'
import { pod } from '../../../support/cluster-objects.ts'

function simulated(annotations: Record<string, string>, spec: Partial<Pod['spec']> = {}, owner?: string): Pod {
  const made = pod('p', { spec: { containers: [{ name: 'c', image: 'nginx' }], restartPolicy: 'Always', ...spec } })
  made.status = {}
  made.metadata.annotations = Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`simulate.chartctl.dev/${key}`, value]),
  )
  if (owner)
    made.metadata.ownerReferences = [{ apiVersion: 'batch/v1', kind: owner, name: 'o', uid: 'o', controller: true }]
  return made
}

const at = (subject: Pod, ms: number) => {
  const settings = settingsOf(subject)
  const { run } = advancePod(subject, undefined, { settings, beganMs: 0, nowMs: ms })
  return podStatus(subject, run, { nowMs: ms, podIP: '10.244.0.1', hostIP: '10.0.0.1', settings })
}
const brief = (subject: Pod, ms: number): string => {
  const { phase, containerStatuses } = at(subject, ms)
  const [first] = containerStatuses ?? []
  const state =
    first?.state?.waiting?.reason ?? (first?.state?.running ? 'running' : `exit ${first?.state?.terminated?.exitCode}`)
  return `${phase} ${state} ready=${first?.ready} restarts=${first?.restartCount}`
}

const cases: readonly [name: string, pod: Pod, ms: number, want: string][] = [
  ['runs for ever', simulated({}), 0, 'Running running ready=true restarts=0'],
  [
    'a pod of a job ends at once',
    simulated({}, { restartPolicy: 'Never' }, 'Job'),
    0,
    'Succeeded exit 0 ready=false restarts=0',
  ],
  [
    'a failing pod of a job',
    simulated({ 'exit-code': '3' }, { restartPolicy: 'Never' }, 'Job'),
    0,
    'Failed exit 3 ready=false restarts=0',
  ],
  ['becomes ready later', simulated({ 'ready-after': '5s' }), 4999, 'Running running ready=false restarts=0'],
  ['and then is', simulated({ 'ready-after': '5s' }), 5000, 'Running running ready=true restarts=0'],
  ['is never ready', simulated({ 'never-ready': 'true' }), 1e9, 'Running running ready=false restarts=0'],
  ['cannot pull', simulated({ 'pull-error': 'true' }), 0, 'Pending ErrImagePull ready=false restarts=0'],
  ['backs off pulling', simulated({ 'pull-error': 'true' }), 2000, 'Pending ImagePullBackOff ready=false restarts=0'],
  ['crashes and starts again', simulated({ 'crash-loop': 'true' }), 1500, 'Running running ready=true restarts=1'],
  ['then backs off', simulated({ 'crash-loop': 'true' }), 3000, 'Running CrashLoopBackOff ready=false restarts=1'],
  ['and runs again', simulated({ 'crash-loop': 'true' }), 12_500, 'Running running ready=true restarts=2'],
  ['pulls for a while', simulated({ 'pull-after': '2s' }), 1000, 'Pending ContainerCreating ready=false restarts=0'],
]

test.each(cases)('%s', (_name, subject, ms, want) => {
  expect(brief(subject, ms)).toBe(want)
})

test('init containers run in order, sidecars keep running', () => {
  const subject = simulated(
    { 'pull-after': '1s' },
    { initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }] },
  )
  const early = at(subject, 500)
  expect(early.phase).toBe('Pending')
  expect(early.conditions?.find((c) => c.type === 'Initialized')?.status).toBe('False')
  expect(early.initContainerStatuses?.[1]?.state?.waiting?.reason).toBe('PodInitializing')
  const late = at(subject, 3000)
  expect(late.phase).toBe('Running')
  expect(late.initContainerStatuses?.map((s) => [s.ready, Object.keys(s.state ?? {})[0]])).toEqual([
    [true, 'terminated'],
    [true, 'running'],
  ])
})

test('a failing init container holds the others up', () => {
  const subject = simulated({ 'crash-loop': 'i' }, { initContainers: [{ name: 'i' }] })
  expect(at(subject, 3000)).toMatchObject({
    phase: 'Pending',
    initContainerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  })
})

const script = { pullMs: 0, readyAfterMs: 0, failing: {}, stopMs: 0, graceMs: 30_000 }

test('a run says when it moves on', () => {
  expect(advanceContainer(begin(0), script, 'Always', 10).nextMs).toBe(Number.POSITIVE_INFINITY)
  const ending = { ...script, exit: { afterMs: 1000, code: 0 } }
  expect(advanceContainer(begin(0), ending, 'Always', 10).nextMs).toBe(1000)
  expect(advanceContainer(begin(0), ending, 'OnFailure', 5000).run).toMatchObject({
    state: 'terminated',
    end: { exitCode: 0, finishedMs: 1000 },
  })
})

test('what the script begins to say takes effect from then on, and restarts are never taken back', () => {
  const running = advanceContainer(begin(0), script, 'Always', 60_000).run
  const crashing = advanceContainer(running, { ...script, exit: { afterMs: 1000, code: 1 } }, 'Always', 60_500)
  expect(crashing.run).toMatchObject({ restarts: 1, last: { finishedMs: 60_000 } })
  const mended = advanceContainer(crashing.run, script, 'Always', 120_000).run
  expect(mended).toMatchObject({ state: 'running', restarts: 1, ready: true })
})

test('a failing liveness probe ends the container after its threshold', () => {
  const probe = { delayMs: 1000, periodMs: 2000, failureThreshold: 2, output: 'no' }
  const { run, happened } = advanceContainer(begin(0), { ...script, failing: { liveness: probe } }, 'Always', 3500)
  expect(happened.map(({ kind, atMs }) => [kind, atMs])).toEqual([
    ['started', 0],
    ['unhealthy', 1000],
    ['unhealthy', 3000],
    ['killing', 3000],
    ['started', 3000],
  ])
  expect(run).toMatchObject({ restarts: 1, last: { exitCode: 137, finishedMs: 3000 } })
})

test.each([
  ['5s', 5000],
  ['1m30s', 90_000],
  ['250ms', 250],
  ['3', 3000],
  ['x', undefined],
  ['', undefined],
] as const)('reads the duration %j', (text, want) => {
  expect(parseDurationMs(text)).toBe(want)
})

test('pod addresses come from the block of the node and are used again', () => {
  const addresses = new PodAddresses()
  expect(addresses.addressOf('a', 'n', '10.244.3.0/24')).toBe('10.244.3.1')
  expect(addresses.addressOf('b', 'n', '10.244.3.0/24')).toBe('10.244.3.2')
  expect(addresses.addressOf('a', 'n', '10.244.3.0/24')).toBe('10.244.3.1')
  for (let i = 0; i < 252; i++) addresses.addressOf(`x${i}`, 'n', '10.244.3.0/24')
  expect(addresses.addressOf('more', 'n', '10.244.3.0/24')).toBe('10.245.3.1')
  const known = pod('k', { spec: { containers: [], nodeName: 'm' } })
  known.status = { podIP: '10.244.7.1' }
  addresses.adopt(known, '10.244.7.0/24')
  expect(addresses.addressOf('l', 'm', '10.244.7.0/24')).toBe('10.244.7.2')
})

test('a status tells which generation of the pod it is about', () => {
  const subject = simulated({})
  subject.metadata.generation = 3
  const { observedGeneration, conditions } = at(subject, 0)
  expect(observedGeneration).toBe(3)
  expect(conditions?.map((each) => [each.type, each.observedGeneration])).toEqual(
    ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => [type, 3]),
  )
})
