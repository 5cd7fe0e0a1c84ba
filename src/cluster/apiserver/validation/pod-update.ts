import { type JsonObject, jsonEqual, type KubeObject, listAt, numberAt, stringAt, valueAt } from '../../../api/index.ts'
import { type Findings, forbidden, invalid } from './findings.ts'
import { printGoStruct } from './go-print.ts'
import { validateFixedAnnotations, validatePodAnnotations } from './pod-annotations.ts'
import { validateGatedPod, validateRemovedGates } from './pod-gates.ts'
import { podSpecDiff } from './pod-diff.ts'
import { validateTolerations } from './scheduling.ts'
import { unifiedDiff } from './unified-diff.ts'

const TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

/**
 * What an update of a pod may change: images, a shorter deadline, more tolerations; for gated pods, fewer gates and narrower
 * places to run. As Kubernetes' ValidatePodUpdate.
 */
export function validatePodUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  const metadata = object.metadata as unknown as JsonObject
  const out = [
    ...validateFixedAnnotations(metadata, old.metadata as unknown as JsonObject),
    ...validatePodAnnotations(metadata, spec, 'metadata.annotations'),
  ]
  for (const key of ['containers', 'initContainers']) {
    if (listAt(spec, key).length !== listAt(before, key).length) {
      return [...out, forbidden(`spec.${key}`, 'pod updates may not add or remove containers')]
    }
  }
  for (const key of ['containers', 'initContainers']) {
    listAt(spec, key).forEach((container, index) => {
      const image = stringAt(container, 'image')
      const field = `spec.${key}[${index}].image`
      if (image === '') out.push({ type: 'Required', field, detail: '' })
      else if (image !== image.trim()) out.push(invalid(field, image, 'must not have leading or trailing whitespace'))
    })
  }
  const deadline = validateDeadline(spec, before)
  out.push(...deadline)
  // What follows is not looked at when the new deadline is wrong, as in Kubernetes.
  if (deadline.length > 0 && valueAt(spec, 'activeDeadlineSeconds') !== undefined) return out
  out.push(...validateAddedTolerations(spec, before), ...validateRemovedGates(spec, before))
  const frozen = structuredClone(spec)
  copyMutable(frozen, before)
  if (listAt(before, 'schedulingGates').length > 0) out.push(...validateGatedPod(frozen, before))
  if (!jsonEqual(frozen, before)) out.push(forbidden('spec', `${TEXT}\n${podSpecDiff(before, frozen)}`))
  return out
}

/** Debug containers that are there stay as they are. */
export function validateEphemeralUpdate(object: KubeObject, old: KubeObject): Findings {
  const field = 'spec.ephemeralContainers'
  const now = new Map(listAt(specOf(object), 'ephemeralContainers').map((each) => [each.name, each]))
  return listAt(specOf(old), 'ephemeralContainers').flatMap((was) => {
    const container = now.get(was.name)
    const what = `existing ephemeral containers ${JSON.stringify(was.name)} may not be`
    if (container === undefined) return [forbidden(field, `${what} removed\n`)]
    return jsonEqual(container, was) ? [] : [forbidden(field, `${what} changed\n${containerDiff(was, container)}`)]
  })
}

function containerDiff(before: JsonObject, after: JsonObject): string {
  const print = (each: JsonObject): string => JSON.stringify(printGoStruct('EphemeralContainer', each), null, 1)
  return unifiedDiff(print(before), print(after))
}

function validateDeadline(spec: JsonObject, before: JsonObject): Findings {
  const field = 'spec.activeDeadlineSeconds'
  const now = numberAt(spec, 'activeDeadlineSeconds')
  const then = numberAt(before, 'activeDeadlineSeconds')
  if (now === undefined)
    return then === undefined ? [] : [invalid(field, null, 'must not update from a positive integer to nil value')]
  if (now < 0 || now > 2 ** 31 - 1) return [invalid(field, now, 'must be between 0 and 2147483647, inclusive')]
  if (then !== undefined && then < now) return [invalid(field, now, 'must be less than or equal to previous value')]
  return []
}

function validateAddedTolerations(spec: JsonObject, before: JsonObject): Findings {
  const now = listAt(spec, 'tolerations')
  const kept = listAt(before, 'tolerations').every((toleration) =>
    now.some((each) => jsonEqual({ ...each, tolerationSeconds: 0 }, { ...toleration, tolerationSeconds: 0 })),
  )
  const again = validateTolerations(now, 'spec.tolerations')
  if (kept) return again
  return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
}

function restore(spec: JsonObject, before: JsonObject, key: string): void {
  if (before[key] === undefined) delete spec[key]
  else spec[key] = before[key]
}

/** Takes over from the old spec what may change, so that the rest can be compared. */
function copyMutable(spec: JsonObject, before: JsonObject): void {
  for (const key of ['containers', 'initContainers']) {
    listAt(spec, key).forEach((container, index) => {
      const image = listAt(before, key)[index]?.image
      if (image !== undefined) container.image = image
    })
  }
  const keys = ['activeDeadlineSeconds', 'tolerations', 'schedulingGates']
  const grace = numberAt(before, 'terminationGracePeriodSeconds') ?? 0
  if (grace < 0 && numberAt(spec, 'terminationGracePeriodSeconds') === 1) keys.push('terminationGracePeriodSeconds')
  for (const key of keys) restore(spec, before, key)
}
