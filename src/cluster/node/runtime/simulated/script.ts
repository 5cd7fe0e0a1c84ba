import type { Container, Pod, Probe } from '../../../control/index.ts'
import { controllerOf, quantityValue } from '../../../control/index.ts'
import { type Settings, settingFor } from './settings.ts'

/** The three probes of a container. */
export type ProbeKind = 'startup' | 'liveness' | 'readiness'

/** A probe that is told to fail. */
export interface FailingProbe {
  readonly delayMs: number
  readonly periodMs: number
  readonly failureThreshold: number
  /** What the event says behind the kind of probe. */
  readonly output: string
}

/** What a simulated container does. Times are milliseconds. */
export interface ContainerScript {
  /** Pulling the image takes this long. */
  readonly pullMs: number
  /** The image cannot be pulled, for this reason. */
  readonly pullError?: string
  /** Ready this long after each start; Infinity: never. */
  readonly readyAfterMs: number
  /** The process ends by itself this long after each start. */
  readonly exit?: { readonly afterMs: number; readonly code: number; readonly reason?: string }
  readonly failing: Readonly<Partial<Record<ProbeKind, FailingProbe>>>
  /** How long the process goes on once it is told to stop, and how long it may. */
  readonly stopMs: number
  readonly graceMs: number
}

const durationPart = /([0-9]*\.?[0-9]+)(ms|s|m|h)/g
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a duration such as `1m30s` or a plain number of seconds; undefined when it is neither. */
export function parseDurationMs(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^[0-9]*\.?[0-9]+$/.test(text)) return Number(text) * 1000
  let total = 0
  let length = 0
  for (const match of text.matchAll(durationPart)) {
    total += Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0)
    length += match[0].length
  }
  return length === text.length ? total : undefined
}

/** True when the setting is `true`, or names the container (several by commas). */
function concerns(value: string | undefined, container: string): boolean {
  if (value === undefined || value === '' || value === 'false') return false
  return value === 'true' || listed(value).includes(container)
}

function listed(value: string): string[] {
  return value.split(',').map((name) => name.trim())
}

function hookRunMs(pod: Pod): number | undefined {
  const hooks = pod.metadata.annotations?.['helm.sh/hook']
  return hooks !== undefined && pod.spec.restartPolicy !== 'Always' ? 4000 : undefined
}

/**
 * Reads a container's script from its pod and what the simulation is told. Without settings containers run for ever, except
 * that the pods of Jobs end at once with exit code 0, and bare pods of Helm hooks that are not restarted do so after four
 * seconds. docs/simulation.md lists the settings.
 */
export function scriptOf(pod: Pod, container: Container, settings: Settings): ContainerScript {
  const { name } = container
  const setting = (key: string): string | undefined => settingFor(settings, key, name)
  const pullError = failingPull(pod, name, setting('pull-error'))
  const exit = exitOf(pod, container, setting)
  return {
    pullMs: parseDurationMs(setting('pull-after')) ?? 0,
    readyAfterMs: concerns(setting('never-ready'), name)
      ? Number.POSITIVE_INFINITY
      : (parseDurationMs(setting('ready-after')) ?? 0),
    ...(pullError === undefined ? {} : { pullError }),
    ...(exit === undefined ? {} : { exit }),
    failing: failingProbes(container, failed(setting('fail-probe'), concerns(setting('never-ready'), name))),
    stopMs: stopDelayMs(container, setting('stop-after')),
    graceMs: (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000,
  }
}

/** Why the image cannot be pulled: `not found`, or the text that the setting gives. */
function failingPull(pod: Pod, container: string, value: string | undefined): string | undefined {
  if (value === undefined || value === '' || value === 'false') return undefined
  const names = new Set([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((each) => each.name))
  const naming = listed(value).some((name) => names.has(name))
  if (naming) return listed(value).includes(container) ? 'not found' : undefined
  return value === 'true' ? 'not found' : value
}

/** Memory that a container takes beyond its limit ends it after this time. */
const outOfMemoryMs = 1000

function exitOf(
  pod: Pod,
  container: Container,
  setting: (key: string) => string | undefined,
): ContainerScript['exit'] | undefined {
  const runMs = parseDurationMs(setting('run-for'))
  const exitCode = setting('exit-code')
  const limit = container.resources?.limits?.memory
  if (limit !== undefined && quantityValue(setting('memory')) > quantityValue(limit)) {
    return { afterMs: runMs ?? outOfMemoryMs, code: 137, reason: 'OOMKilled' }
  }
  if (concerns(setting('crash-loop'), container.name)) return { afterMs: runMs ?? 1000, code: Number(exitCode ?? 1) }
  if (runMs !== undefined || exitCode !== undefined) return { afterMs: runMs ?? 0, code: Number(exitCode ?? 0) }
  if (controllerOf(pod)?.kind === 'Job') return { afterMs: 0, code: 0 }
  const hookMs = hookRunMs(pod)
  return hookMs === undefined ? undefined : { afterMs: hookMs, code: 0 }
}

/** A container that is never ready fails its readiness probe, where it has one. */
function failed(probes: string | undefined, neverReady: boolean): string | undefined {
  return neverReady ? [probes ?? '', 'readiness'].join(',') : probes
}

const probeKinds: readonly ProbeKind[] = ['startup', 'liveness', 'readiness']

function failingProbes(container: Container, value: string | undefined): ContainerScript['failing'] {
  if (value === undefined || value === '') return {}
  const wanted = listed(value)
  const failing: Partial<Record<ProbeKind, FailingProbe>> = {}
  for (const kind of probeKinds) {
    const probe = container[`${kind}Probe`]
    if (probe === undefined || !(wanted.includes(kind) || wanted.includes('true'))) continue
    failing[kind] = {
      delayMs: (probe.initialDelaySeconds ?? 0) * 1000,
      periodMs: (probe.periodSeconds ?? 10) * 1000,
      failureThreshold: probe.failureThreshold ?? 3,
      output: probeOutput(probe),
    }
  }
  return failing
}

/** What a failing probe of this form usually gives. */
function probeOutput(probe: Probe): string {
  if (probe.httpGet !== undefined) return 'HTTP probe failed with statuscode: 500'
  if (probe.tcpSocket !== undefined) return `dial tcp: connect: connection refused`
  if (probe.grpc !== undefined) return 'service unhealthy (responded with "NOT_SERVING")'
  return 'command failed'
}

/** A preStop hook that sleeps, and what the process takes itself. */
function stopDelayMs(container: Container, stopAfter: string | undefined): number {
  const sleepMs = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000
  return sleepMs + (parseDurationMs(stopAfter) ?? 0)
}

/** True when a setting names the container: by its suffix, or in a list of names. */
export function named(settings: Settings, container: string): boolean {
  return Object.entries(settings).some(
    ([key, value]) => key.endsWith(`.${container}`) || listed(value).includes(container),
  )
}
