import type { Autoscaler, NoteCondition, ScalingRules } from './model.ts'

interface Recommendation {
  replicas: number
  atMs: number
}

interface ScaleEvent {
  change: number
  atMs: number
}

/** What an autoscaler remembers between looks at it. */
export interface AutoscalerMemory {
  readonly recommendations: Recommendation[]
  readonly ups: ScaleEvent[]
  readonly downs: ScaleEvent[]
}

/** The numbers that are brought within their limits. */
export interface Wanted {
  readonly current: number
  readonly desired: number
  readonly min: number
  readonly max: number
  readonly nowMs: number
}

/** How long the highest recommendation holds when the autoscaler has no rules of its own. */
const defaultWindowMs = 300_000
const upFactor = 2
const upMinimum = 4

/** A fresh memory; the first recommendation is what is there. */
export function newMemory(current: number, nowMs: number): AutoscalerMemory {
  return { recommendations: [{ replicas: current, atMs: nowMs }], ups: [], downs: [] }
}

/** Brings a recommendation within the limits of the autoscaler and its rules, and says in conditions what limited it. */
export function normalized(object: Autoscaler, memory: AutoscalerMemory, wanted: Wanted, note: NoteCondition): number {
  const { behavior } = object.spec
  return behavior === undefined ? byDefaults(memory, wanted, note) : byRules(behavior, memory, wanted, note)
}

/** Remembers a change of size for the rates of the rules. */
export function rememberScaling(
  object: Autoscaler,
  memory: AutoscalerMemory,
  from: number,
  to: number,
  nowMs: number,
): void {
  const { behavior } = object.spec
  if (behavior === undefined) return
  const [events, rules] = to > from ? [memory.ups, behavior.scaleUp] : [memory.downs, behavior.scaleDown]
  const longestMs = Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds * 1000))
  const recent = events.filter(({ atMs }) => atMs >= nowMs - longestMs)
  events.splice(0, events.length, ...recent, { change: Math.abs(to - from), atMs: nowMs })
}

type Limited = readonly [replicas: number, reason: string, message: string]

const inRange = (desired: number): Limited => [
  desired,
  'DesiredWithinRange',
  'the desired count is within the acceptable range',
]
const matches = ['ReadyForNewScale', 'recommended size matches current size'] as const
const downStabilized = [
  'ScaleDownStabilized',
  'recent recommendations were higher than current one, applying the highest recent recommendation',
] as const
const upStabilized = [
  'ScaleUpStabilized',
  'recent recommendations were lower than current one, applying the lowest recent recommendation',
] as const
const tooMany = ['TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const
const tooFew = ['TooFewReplicas', 'the desired replica count is less than the minimum replica count'] as const
const upLimit = ['ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate'] as const
const downLimit = [
  'ScaleDownLimit',
  'the desired replica count is decreasing faster than the maximum scale rate',
] as const

function byDefaults(memory: AutoscalerMemory, wanted: Wanted, note: NoteCondition): number {
  const { desired, nowMs } = wanted
  const recent = memory.recommendations.filter(({ atMs }) => atMs >= nowMs - defaultWindowMs)
  const stabilized = Math.max(desired, ...recent.map(({ replicas }) => replicas))
  memory.recommendations.splice(0, memory.recommendations.length, ...recent, { replicas: desired, atMs: nowMs })
  const [reason, message] = stabilized === desired ? matches : downStabilized
  note('AbleToScale', 'True', reason, message)
  return limited(note, stabilized, withinFixedLimits(wanted, stabilized))
}

function withinFixedLimits({ current, min, max }: Wanted, desired: number): Limited {
  const rate = Math.max(upFactor * current, upMinimum)
  const [allowed, why] = max > rate ? [rate, upLimit] : [max, tooMany]
  if (desired < min) return [min, ...tooFew]
  return desired > allowed ? [allowed, ...why] : inRange(desired)
}

function byRules(
  behavior: NonNullable<Autoscaler['spec']['behavior']>,
  memory: AutoscalerMemory,
  wanted: Wanted,
  note: NoteCondition,
): number {
  const { current, desired, nowMs } = wanted
  const { scaleUp = {}, scaleDown = {} } = behavior
  const upMs = (scaleUp.stabilizationWindowSeconds ?? 0) * 1000
  const downMs = (scaleDown.stabilizationWindowSeconds ?? defaultWindowMs / 1000) * 1000
  const within = (windowMs: number): number[] =>
    memory.recommendations.filter(({ atMs }) => atMs > nowMs - windowMs).map(({ replicas }) => replicas)
  const lowest = Math.min(desired, ...within(upMs))
  const highest = Math.max(desired, ...within(downMs))
  const stabilized = Math.min(Math.max(current, lowest), highest)
  const kept = memory.recommendations.filter(({ atMs }) => atMs >= nowMs - Math.max(upMs, downMs))
  memory.recommendations.splice(0, memory.recommendations.length, ...kept, { replicas: desired, atMs: nowMs })
  const [reason, message] = stabilized === desired ? matches : desired >= current ? upStabilized : downStabilized
  note('AbleToScale', 'True', reason, message)
  return limited(note, stabilized, withinRates({ ...wanted, desired: stabilized }, memory, { scaleUp, scaleDown }))
}

function limited(note: NoteCondition, stabilized: number, [replicas, reason, message]: Limited): number {
  note('ScalingLimited', replicas === stabilized ? 'False' : 'True', reason, message)
  return replicas
}

function withinRates(
  { current, desired, min, max, nowMs }: Wanted,
  memory: AutoscalerMemory,
  rules: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules },
): Limited {
  if (desired > current) {
    const rate = Math.max(current, rateLimit('up', current, memory, rules.scaleUp, nowMs))
    const [allowed, why] = max > rate ? [rate, upLimit] : [max, tooMany]
    if (desired > allowed) return [allowed, ...why]
  } else if (desired < current) {
    const rate = Math.min(current, rateLimit('down', current, memory, rules.scaleDown, nowMs))
    const [allowed, why] = min < rate ? [rate, downLimit] : [min, tooFew]
    if (desired < allowed) return [allowed, ...why]
  }
  return inRange(desired)
}

/** As far as the policies let the number of pods go at this moment. */
function rateLimit(
  direction: 'up' | 'down',
  current: number,
  memory: AutoscalerMemory,
  rules: ScalingRules,
  nowMs: number,
): number {
  if (rules.selectPolicy === 'Disabled') return current
  const sign = direction === 'up' ? 1 : -1
  const proposals = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
    const changed = (events: readonly ScaleEvent[]): number =>
      events.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000).reduce((sum, { change }) => sum + change, 0)
    const start = current - changed(memory.ups) + changed(memory.downs)
    if (type === 'Pods') return start + sign * value
    const share = start * (1 + (sign * value) / 100)
    return direction === 'up' ? Math.ceil(share) : Math.trunc(share)
  })
  const widest = (rules.selectPolicy === 'Min') === (direction === 'up') ? Math.min : Math.max
  return proposals.length === 0 ? current : widest(...proposals)
}
