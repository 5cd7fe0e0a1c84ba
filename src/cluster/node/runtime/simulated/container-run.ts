import type { ContainerScript, ProbeKind } from './script.ts'

/** Whether a container is started again after it ended. */
export type RestartPolicy = 'Always' | 'OnFailure' | 'Never'

/** One run of a container's process that is over. Times are milliseconds since the epoch. */
export interface EndedRun {
  readonly startedMs: number
  readonly finishedMs: number
  readonly exitCode: number
  readonly reason: string
}

interface ProbeCount {
  readonly failures: number
  readonly nextMs: number
}

/** What a container is doing. Each step gives a new one; nothing is changed in place. */
export interface ContainerRun {
  readonly state: 'waiting' | 'running' | 'terminated'
  /** Of a waiting container: PodInitializing, ContainerCreating, ErrImagePull, ImagePullBackOff, CrashLoopBackOff. */
  readonly reason?: string
  /** Since when it is in this state. */
  readonly sinceMs: number
  readonly ready: boolean
  /** The startup probe has passed. */
  readonly started: boolean
  readonly restarts: number
  /** How often the image was tried. */
  readonly pulls: number
  readonly pulled: boolean
  /** Restarts in a row that count for the back-off. */
  readonly failures: number
  readonly backOffMs?: number
  /** The run that is over, of a terminated container. */
  readonly end?: EndedRun
  /** The run before the present one. */
  readonly last?: EndedRun
  readonly probes: Readonly<Partial<Record<ProbeKind, ProbeCount>>>
  /** When it was looked at last: what the script says only since then takes effect no earlier. */
  readonly checkedMs: number
  /** It was told to stop, and why. */
  readonly stopping?: { readonly atMs: number; readonly endMs: number; readonly code: number }
}

/** Something that a node agent reports about a container. */
export type Happening =
  | { readonly kind: 'pulling' | 'started' | 'pull-back-off' | 'restart-back-off'; readonly atMs: number }
  | { readonly kind: 'pull-failed'; readonly atMs: number; readonly error: string }
  | { readonly kind: 'unhealthy'; readonly atMs: number; readonly probe: ProbeKind; readonly output: string }
  | { readonly kind: 'killing'; readonly atMs: number; readonly probe: ProbeKind }

const firstBackOffMs = 10_000
const lastBackOffMs = 300_000
const pullErrorShownMs = 1000
/** A run of this length makes the back-off start anew. */
const steadyRunMs = 600_000
/** A process that ends at once is given a moment, so that its runs stay apart. */
const shortestRunMs = 1000

/** A container whose turn has not come. */
export const notStarted: ContainerRun = {
  state: 'waiting',
  reason: 'PodInitializing',
  sinceMs: 0,
  ready: false,
  started: false,
  restarts: 0,
  pulls: 0,
  pulled: false,
  failures: 0,
  probes: {},
  checkedMs: 0,
}

interface Step {
  readonly atMs: number
  readonly run: ContainerRun
  readonly happened: readonly Happening[]
}

/** Where a container has come to, what happened on the way, and when it moves on by itself (Infinity: never). */
export interface Advanced {
  readonly run: ContainerRun
  readonly happened: readonly Happening[]
  readonly nextMs: number
}

/**
 * Brings a container from where it was to `nowMs`, step by step, each at its time: as kubelet, a failed pull is tried again
 * with back-off from 10 s to 5 min, the first restart is immediate, and the following back off the same way.
 *
 * A crash loop that lives for 1 s: run 0–1 s, run 1–2 s, back-off 10 s, run 12–13 s, back-off 20 s, …
 */
export function advanceContainer(
  from: ContainerRun,
  script: ContainerScript,
  policy: RestartPolicy,
  nowMs: number,
): Advanced {
  let run = withProbes(from, script, nowMs)
  const happened: Happening[] = []
  for (;;) {
    const step = nextStep(run, script, policy)
    const nextMs = step?.atMs ?? Number.POSITIVE_INFINITY
    if (step === undefined || nextMs > nowMs) return { run: { ...run, checkedMs: nowMs }, happened, nextMs }
    happened.push(...step.happened)
    run = withProbes(step.run, script, step.atMs)
  }
}

/** Lets a container begin at a moment. */
export function begin(atMs: number): ContainerRun {
  return { ...notStarted, reason: 'ContainerCreating', sinceMs: atMs }
}

function nextStep(run: ContainerRun, script: ContainerScript, policy: RestartPolicy): Step | undefined {
  if (run.state === 'waiting') return waitingStep(run, script)
  if (run.state === 'running') return runningStep(run, script)
  return terminatedStep(run, policy)
}

function waitingStep(run: ContainerRun, script: ContainerScript): Step {
  if (run.reason === 'CrashLoopBackOff') {
    return start({ ...run, restarts: run.restarts + 1 }, run.sinceMs + (run.backOffMs ?? 0))
  }
  if (script.pullError !== undefined && !run.pulled) return pullStep(run, script.pullError)
  // A pull that can succeed again does so at once.
  const failed = run.reason === 'ErrImagePull' || run.reason === 'ImagePullBackOff'
  if (run.pulls === 0 && script.pullMs > 0) {
    return { atMs: run.sinceMs, run: { ...run, pulls: 1 }, happened: [{ kind: 'pulling', atMs: run.sinceMs }] }
  }
  return start(run, failed ? run.sinceMs : run.sinceMs + script.pullMs)
}

function pullStep(run: ContainerRun, error: string): Step {
  const attempt = (atMs: number): Step => ({
    atMs,
    run: { ...run, reason: 'ErrImagePull', sinceMs: atMs, pulls: run.pulls + 1 },
    happened: [
      { kind: 'pulling', atMs },
      { kind: 'pull-failed', atMs, error },
    ],
  })
  if (run.reason === 'ErrImagePull') {
    const atMs = run.sinceMs + pullErrorShownMs
    const backOffMs = Math.min(lastBackOffMs, firstBackOffMs * 2 ** (run.pulls - 1))
    return {
      atMs,
      run: { ...run, reason: 'ImagePullBackOff', sinceMs: atMs, backOffMs },
      happened: [{ kind: 'pull-back-off', atMs }],
    }
  }
  return attempt(run.reason === 'ImagePullBackOff' ? run.sinceMs + (run.backOffMs ?? 0) : run.sinceMs)
}

/** The time of a step that the script asks for: not before the script was last looked at. */
function dueMs(run: ContainerRun, atMs: number): number {
  return Math.max(atMs, run.checkedMs)
}

function start(run: ContainerRun, wantedMs: number): Step {
  const atMs = dueMs(run, wantedMs)
  const { reason: _reason, backOffMs: _backOff, end: _end, ...rest } = run
  return {
    atMs,
    run: { ...rest, state: 'running', sinceMs: atMs, ready: false, started: false, pulled: true, probes: {} },
    happened: [{ kind: 'started', atMs }],
  }
}

function runningStep(run: ContainerRun, script: ContainerScript): Step | undefined {
  const steps: Step[] = []
  const add = (step: Step | undefined): void => {
    if (step !== undefined) steps.push(step)
  }
  if (run.stopping !== undefined) return ended(run, run.stopping.endMs, run.stopping.code)
  if (script.exit !== undefined)
    add(ended(run, dueMs(run, run.sinceMs + script.exit.afterMs), script.exit.code, script.exit.reason))
  if (!run.started && script.failing.startup === undefined)
    add({ atMs: dueMs(run, run.sinceMs), run: { ...run, started: true }, happened: [] })
  if (run.started && !run.ready && script.failing.readiness === undefined && Number.isFinite(script.readyAfterMs)) {
    add({ atMs: dueMs(run, run.sinceMs + script.readyAfterMs), run: { ...run, ready: true }, happened: [] })
  }
  for (const kind of Object.keys(run.probes) as ProbeKind[]) {
    // Until the startup probe has passed, the others rest.
    if (kind === 'startup' || run.started) add(probeStep(run, script, kind))
  }
  return steps.reduce<Step | undefined>(
    (best, step) => (best === undefined || step.atMs < best.atMs ? step : best),
    undefined,
  )
}

function probeStep(run: ContainerRun, script: ContainerScript, kind: ProbeKind): Step | undefined {
  const [count, probe] = [run.probes[kind], script.failing[kind]]
  if (count === undefined || probe === undefined) return undefined
  const atMs = count.nextMs
  const failures = count.failures + 1
  const probes = { ...run.probes, [kind]: { failures, nextMs: atMs + probe.periodMs } }
  const unhealthy: Happening = { kind: 'unhealthy', atMs, probe: kind, output: probe.output }
  if (failures < probe.failureThreshold) return { atMs, run: { ...run, probes }, happened: [unhealthy] }
  if (kind === 'readiness') return { atMs, run: { ...run, probes, ready: false }, happened: [unhealthy] }
  const endMs = atMs + Math.min(script.stopMs, script.graceMs)
  return {
    atMs,
    run: { ...run, probes, stopping: { atMs, endMs, code: 137 } },
    happened: [unhealthy, { kind: 'killing', atMs, probe: kind }],
  }
}

function ended(run: ContainerRun, atMs: number, exitCode: number, reason?: string): Step {
  const { stopping: _stopping, ...rest } = run
  const end = {
    startedMs: run.sinceMs,
    finishedMs: atMs,
    exitCode,
    reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
  }
  return {
    atMs,
    run: { ...rest, state: 'terminated', sinceMs: atMs, ready: false, started: false, end, probes: {} },
    happened: [],
  }
}

function terminatedStep(run: ContainerRun, policy: RestartPolicy): Step | undefined {
  const { end } = run
  if (end === undefined || policy === 'Never' || (policy === 'OnFailure' && end.exitCode === 0)) return undefined
  const lastedMs = end.finishedMs - end.startedMs
  const failures = lastedMs >= steadyRunMs ? 0 : run.failures
  const backOffMs = failures === 0 ? 0 : Math.min(lastBackOffMs, firstBackOffMs * 2 ** (failures - 1))
  const waitMs = Math.max(backOffMs, lastedMs === 0 ? shortestRunMs : 0)
  const { end: _end, ...rest } = run
  const again = { ...rest, last: end, failures: failures + 1, restarts: run.restarts + 1 }
  if (waitMs === 0) return start(again, run.sinceMs)
  // The count of restarts grows with the restart, not with the wait.
  return {
    atMs: run.sinceMs,
    run: { ...again, restarts: run.restarts, state: 'waiting', reason: 'CrashLoopBackOff', backOffMs: waitMs },
    happened: backOffMs > 0 ? [{ kind: 'restart-back-off', atMs: run.sinceMs }] : [],
  }
}

/** Begins and ends the counting of probes as the script says. */
function withProbes(run: ContainerRun, script: ContainerScript, nowMs: number): ContainerRun {
  if (run.state !== 'running') return run
  const kinds = Object.keys(script.failing) as ProbeKind[]
  const counted = Object.keys(run.probes) as ProbeKind[]
  if (kinds.every((kind) => run.probes[kind] !== undefined) && counted.length === kinds.length) return run
  const probes: Partial<Record<ProbeKind, ProbeCount>> = {}
  for (const kind of kinds) {
    const delayMs = script.failing[kind]?.delayMs ?? 0
    probes[kind] = run.probes[kind] ?? { failures: 0, nextMs: Math.max(run.sinceMs + delayMs, nowMs) }
  }
  return { ...run, probes }
}
