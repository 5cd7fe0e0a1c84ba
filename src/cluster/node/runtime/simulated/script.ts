import type { Pod } from '../../../control/index.ts'
import { controllerOf } from '../../../control/index.ts'

/** Annotations that tell the simulation what to do with a pod. */
export const simulationPrefix = 'simulate.chartctl.dev/'

/** What a simulated container does. Times are milliseconds from the moment the container may start. */
export interface ContainerScript {
  /** Pulling the image takes this long. */
  readonly pullMs: number
  /** The image cannot be pulled, for this reason. */
  readonly pullError?: string
  /** Ready this long after each start; Infinity: never. */
  readonly readyAfterMs: number
  /** The process ends by itself this long after each start. */
  readonly exit?: { readonly afterMs: number; readonly code: number }
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

/** The value of a simulation annotation. */
export function simulationOf(pod: Pod, name: string): string | undefined {
  return pod.metadata.annotations?.[simulationPrefix + name]
}

/** True when the annotation is `true`, or names the container (several by commas). */
function concerns(value: string | undefined, container: string): boolean {
  if (value === undefined || value === '' || value === 'false') return false
  if (value === 'true') return true
  return value.split(',').some((name) => name.trim() === container)
}

function hookRunMs(pod: Pod): number | undefined {
  const hooks = pod.metadata.annotations?.['helm.sh/hook']
  return hooks !== undefined && pod.spec.restartPolicy !== 'Always' ? 4000 : undefined
}

/**
 * Reads a container's script from the pod. Without annotations containers run for ever, except that the pods of Jobs end
 * at once with exit code 0, and bare pods of Helm hooks that are not restarted do so after four seconds.
 *
 * | annotation (`simulate.chartctl.dev/…`) | meaning |
 * |---|---|
 * | `pull-error` | the image cannot be pulled: `true`, container names, or the text of the error |
 * | `pull-after` | a duration that pulling takes |
 * | `crash-loop` | ends a second after each start (`run-for`): `true` or container names |
 * | `run-for` | a duration after which the process ends |
 * | `exit-code` | its exit code (1 with crash-loop, else 0); alone, it ends the process at once |
 * | `never-ready` | runs, but is never ready: `true` or container names |
 * | `ready-after` | a duration from start to readiness |
 */
export function scriptOf(pod: Pod, container: string): ContainerScript {
  const pullError = simulationOf(pod, 'pull-error')
  const names = new Set([...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((c) => c.name))
  const namesContainer = pullError?.split(',').some((name) => names.has(name.trim())) ?? false
  const failsToPull =
    pullError !== undefined && pullError !== 'false' && (concerns(pullError, container) || !namesContainer)
  const runMs = parseDurationMs(simulationOf(pod, 'run-for'))
  const exitCode = simulationOf(pod, 'exit-code')
  const crashes = concerns(simulationOf(pod, 'crash-loop'), container)
  const script = {
    pullMs: parseDurationMs(simulationOf(pod, 'pull-after')) ?? 0,
    readyAfterMs: concerns(simulationOf(pod, 'never-ready'), container)
      ? Number.POSITIVE_INFINITY
      : (parseDurationMs(simulationOf(pod, 'ready-after')) ?? 0),
    ...(failsToPull ? { pullError: pullError === 'true' || namesContainer ? 'not found' : pullError } : {}),
  }
  if (crashes) return { ...script, exit: { afterMs: runMs ?? 1000, code: Number(exitCode ?? 1) } }
  if (runMs !== undefined || exitCode !== undefined)
    return { ...script, exit: { afterMs: runMs ?? 0, code: Number(exitCode ?? 0) } }
  if (controllerOf(pod)?.kind === 'Job') return { ...script, exit: { afterMs: 0, code: 0 } }
  const hookMs = hookRunMs(pod)
  return hookMs === undefined ? script : { ...script, exit: { afterMs: hookMs, code: 0 } }
}
