import type { JsonObject, KubeObject } from '../../../api/index.ts'
import { ensureObject, listAt, numberAt, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { type AdmissionPlugin, isFor, refusedBy } from './chain.ts'

const CLASSES = 'scheduling.k8s.io/priorityclasses/'

/** Gives pods the number of their priority class, or of the default class. */
export function priority(store: Store): AdmissionPlugin {
  return {
    name: 'Priority',
    admit(request) {
      const pod = request.object
      if (request.operation === 'DELETE' || !isFor(request, '', 'pods') || pod === undefined) return
      const spec = ensureObject(pod as unknown as JsonObject, 'spec')
      if (request.operation === 'UPDATE') {
        keepPriority(spec, request.oldObject?.spec as JsonObject | undefined)
        return
      }
      const name = stringAt(spec, 'priorityClassName')
      const named = store.get(CLASSES + name)?.value as KubeObject | undefined
      if (name !== '' && named === undefined) {
        throw refusedBy(request, `no PriorityClass with name ${name} was found`)
      }
      const chosen = named ?? defaultClass(store)
      if (chosen !== undefined && name === '') spec.priorityClassName = chosen.metadata.name ?? ''
      const value = numberAt(chosen, 'value') ?? 0
      if (spec.priority !== undefined && spec.priority !== value) {
        throw refusedBy(
          request,
          `the integer value of priority (${String(spec.priority)}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
        )
      }
      spec.priority = value
      const policy = stringAt(chosen, 'preemptionPolicy') || 'PreemptLowerPriority'
      if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
        throw refusedBy(
          request,
          `the string value of PreemptionPolicy (${String(spec.preemptionPolicy)}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
        )
      }
      spec.preemptionPolicy = policy
    },
  }
}

/** An update that does not say them leaves them as they are. */
function keepPriority(spec: JsonObject, before: JsonObject | undefined): void {
  for (const key of ['priority', 'preemptionPolicy']) {
    const value = before?.[key]
    if (value !== undefined) spec[key] ??= value
  }
}

function defaultClass(store: Store): KubeObject | undefined {
  const classes = store.range(CLASSES).entries.map((entry) => entry.value as KubeObject)
  const defaults = classes.filter((each) => each.globalDefault === true)
  return defaults.sort((a, b) => (numberAt(a, 'value') ?? 0) - (numberAt(b, 'value') ?? 0))[0]
}

const NOT_READY = 'node.kubernetes.io/not-ready'
const UNREACHABLE = 'node.kubernetes.io/unreachable'
const TOLERATION_SECONDS = 300

/** Pods stay for five minutes on a node that is not ready or unreachable, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(request) {
    const pod = request.object
    if (!isFor(request, '', 'pods') || pod === undefined || request.operation === 'DELETE') return
    const spec = ensureObject(pod as unknown as JsonObject, 'spec')
    const tolerations = listAt(spec, 'tolerations')
    const tolerates = (key: string): boolean =>
      tolerations.some((toleration) => {
        const own = stringAt(toleration, 'key')
        const effect = stringAt(toleration, 'effect')
        return (own === key || own === '') && (effect === 'NoExecute' || effect === '')
      })
    const missing = [NOT_READY, UNREACHABLE].filter((key) => !tolerates(key))
    if (missing.length === 0) return
    const added = missing.map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: TOLERATION_SECONDS,
    }))
    spec.tolerations = [...tolerations, ...added]
  },
}

/** A new node takes no pods until something has found it ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  admit(request) {
    const node = request.object
    if (request.operation !== 'CREATE' || !isFor(request, '', 'nodes') || node === undefined) return
    const spec = ensureObject(node as unknown as JsonObject, 'spec')
    const taints = listAt(spec, 'taints')
    if (taints.some((taint) => stringAt(taint, 'key') === NOT_READY && stringAt(taint, 'effect') === 'NoSchedule'))
      return
    spec.taints = [...taints, { key: NOT_READY, effect: 'NoSchedule' }]
  },
}
