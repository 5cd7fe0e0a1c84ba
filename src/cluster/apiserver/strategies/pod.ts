import { boolAt, type JsonObject, listAt, numberAt, objectAt, stringAt } from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'
import { keepAllBut, keepField, specOf } from './base.ts'
import { adoptAppArmor, mergeLabelKeys } from './new-pod.ts'
import { podQualityOfService } from './quality-of-service.ts'

/** What a pod says that must not be scheduled yet. */
const gatedCondition = (now: string): JsonObject => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: now,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
})

/** Generations that a status once told of stay when a client leaves them out. */
function keepObserved(status: JsonObject, before: JsonObject | undefined): void {
  const keep = (to: JsonObject, from: JsonObject | undefined): void => {
    const known = numberAt(from, 'observedGeneration') ?? 0
    if ((numberAt(to, 'observedGeneration') ?? 0) === 0 && known !== 0) to.observedGeneration = known
  }
  keep(status, before)
  const old = [...listAt(before, 'conditions')]
  for (const condition of listAt(status, 'conditions')) {
    const index = old.findIndex((each) => stringAt(each, 'type') === stringAt(condition, 'type'))
    // Of several conditions of one type, each has its own predecessor.
    if (index >= 0) keep(condition, old.splice(index, 1)[0])
  }
}

/** Pods: phase and QoS class at birth, 30 seconds of grace by default. */
export const podStrategy: Strategy = {
  generation: true,
  prepareForCreate(object, ctx) {
    const spec = specOf(object)
    // A class that the client names stays: Kubernetes computes one only where there is none.
    const qosClass = stringAt(object.status, 'qosClass') || podQualityOfService(spec)
    object.status = {
      phase: 'Pending',
      ...(listAt(spec, 'schedulingGates').length > 0 && { conditions: [gatedCondition(ctx.now)] }),
      qosClass,
    }
    mergeLabelKeys(object)
    adoptAppArmor(object, ctx.warn)
  },
  prepareForUpdate: (object, old) => keepField(object, old, 'status'),
  prepareForStatusUpdate(object, old) {
    keepAllBut(object, old, ['status'])
    const { metadata } = object
    if (old.metadata.ownerReferences) metadata.ownerReferences = old.metadata.ownerReferences
    else delete metadata.ownerReferences
    const status = object.status as JsonObject | undefined
    const before = old.status as JsonObject | undefined
    if (status && stringAt(status, 'qosClass') === '' && before?.qosClass !== undefined) {
      status.qosClass = before.qosClass
    }
    if (status) keepObserved(status, before)
  },
  gracePeriodSeconds(object) {
    const spec = specOf(object)
    if (stringAt(spec, 'nodeName') === '') return 0
    const phase = stringAt(objectAt(object, 'status'), 'phase')
    if (phase === 'Failed' || phase === 'Succeeded') return 0
    const seconds = spec.terminationGracePeriodSeconds
    return typeof seconds === 'number' ? seconds : 30
  },
  selectableFields(object) {
    const spec = specOf(object)
    const status = objectAt(object, 'status')
    return {
      'spec.nodeName': stringAt(spec, 'nodeName'),
      'spec.restartPolicy': stringAt(spec, 'restartPolicy'),
      'spec.schedulerName': stringAt(spec, 'schedulerName'),
      'spec.serviceAccountName': stringAt(spec, 'serviceAccountName'),
      'spec.hostNetwork': String(boolAt(spec, 'hostNetwork')),
      'status.phase': stringAt(status, 'phase'),
      'status.podIP': stringAt(status, 'podIP'),
      'status.podIPs': stringAt(status, 'podIP'),
      'status.nominatedNodeName': stringAt(status, 'nominatedNodeName'),
    }
  },
}
