import {
  gvkOf,
  jsonEqual,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  stringAt,
} from '../../../../api/index.ts'
import type { Store } from '../../../store/index.ts'
import { invalid } from '../../errors.ts'
import { type AdmissionPlugin, type AdmissionRequest, isFor, refusedBy } from '../chain.ts'
import { detailText, reasonText, violationsOf } from './evaluate.ts'
import { annotationsOf, type PodView } from './pod-view.ts'
import { compareLevels, isPrivileged, type LevelVersion, levelText, podPolicy, sameLevel } from './policy.ts'

const IGNORED = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'])
const PODS_LIMIT = 3000

/** Where the templates of workloads are. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  '/replicationcontrollers': ['spec', 'template'],
  '/podtemplates': ['template'],
  'apps/replicasets': ['spec', 'template'],
  'apps/deployments': ['spec', 'template'],
  'apps/statefulsets': ['spec', 'template'],
  'apps/daemonsets': ['spec', 'template'],
  'batch/jobs': ['spec', 'template'],
  'batch/cronjobs': ['spec', 'jobTemplate', 'spec', 'template'],
}

/**
 * PodSecurity: refuses pods that violate the level a namespace enforces, and warns of pods and workloads that violate the
 * one it warns of. As pod-security-admission.
 */
export function podSecurity(store: Store): AdmissionPlugin {
  return {
    name: 'PodSecurity',
    validate(request) {
      const { definition, operation } = request
      if (operation !== 'CREATE' && operation !== 'UPDATE') return
      if (isFor(request, '', 'namespaces')) return checkNamespace(store, request)
      if (definition.group === '' && definition.plural === 'pods') return checkPod(store, request)
      const path = TEMPLATES[`${definition.group}/${definition.plural}`]
      if (path !== undefined && request.subresource === '') checkWorkload(store, request, path)
    },
  }
}

function policyFor(store: Store, namespace: string): ReturnType<typeof podPolicy> {
  const found = store.get(`core/namespaces/${namespace}`)?.value as KubeObject | undefined
  return podPolicy(found?.metadata.labels)
}

function viewOf(metadata: JsonObject | undefined, spec: JsonObject): PodView {
  return { spec, annotations: annotationsOf(metadata) }
}

function checkPod(store: Store, request: AdmissionRequest): void {
  const { object, oldObject } = request
  if (IGNORED.has(request.subresource) || object === undefined) return
  const { policy, errors } = policyFor(store, request.namespace)
  if (errors.length === 0 && isPrivileged(policy)) return
  if (oldObject !== undefined && !isSignificant(object, oldObject)) return
  const pod = viewOf(object.metadata as JsonObject, (object.spec ?? {}) as JsonObject)
  const violations = violationsOf(policy.enforce, pod)
  if (violations.length > 0) {
    const enforced = JSON.stringify(levelText(policy.enforce))
    throw refusedBy(request, `violates PodSecurity ${enforced}: ${detailText(violations)}`)
  }
  warn(request, policy.warn, pod)
}

function warn(request: AdmissionRequest, level: LevelVersion, pod: PodView): void {
  const violations = violationsOf(level, pod)
  if (violations.length === 0) return
  request.warnings.push(`would violate PodSecurity ${JSON.stringify(levelText(level))}: ${detailText(violations)}`)
}

/** Only other containers or images can make a pod violate what it did not before. */
function isSignificant(pod: KubeObject, old: KubeObject): boolean {
  const images = (object: KubeObject, key: string): JsonObject[] =>
    listAt(object.spec, key).map((container) => ({ image: stringAt(container, 'image') }))
  if (!jsonEqual(images(pod, 'containers'), images(old, 'containers'))) return true
  if (!jsonEqual(images(pod, 'initContainers'), images(old, 'initContainers'))) return true
  return listAt(pod.spec, 'ephemeralContainers').some((container) => {
    const before = listAt(old.spec, 'ephemeralContainers').find((each) => each.name === container.name)
    return before === undefined || before.image !== container.image
  })
}

function checkWorkload(store: Store, request: AdmissionRequest, path: readonly string[]): void {
  const { policy } = policyFor(store, request.namespace)
  if (policy.warn.level === 'privileged') return
  let template: JsonObject | undefined = request.object as unknown as JsonObject | undefined
  for (const key of path) template = objectAt(template, key)
  const spec = objectAt(template, 'spec')
  if (spec !== undefined) warn(request, policy.warn, viewOf(objectAt(template, 'metadata'), spec))
}

/** Labels have to be good, and a stricter level is told which pods violate it. */
function checkNamespace(store: Store, request: AdmissionRequest): void {
  const { object, oldObject } = request
  if (object === undefined) return
  const { policy, errors } = podPolicy(object.metadata.labels)
  const before = oldObject === undefined ? undefined : podPolicy(oldObject.metadata.labels)
  if (errors.length > 0 && (before === undefined || !jsonEqual(errors, before.errors))) {
    throw invalid(gvkOf(object), object.metadata.name ?? '', errors)
  }
  if (before === undefined) return
  const { enforce } = policy
  const was = before.policy.enforce
  if (sameLevel(enforce, was) || enforce.level === 'privileged') return
  if (enforce.minor === was.minor && compareLevels(enforce.level, was.level) <= 0) return
  request.warnings.push(...podsWarnings(store, object.metadata.name ?? '', enforce))
}

function podsWarnings(store: Store, namespace: string, enforce: LevelVersion): string[] {
  const pods = prioritized(store.range(`core/pods/${namespace}/`).entries.map((entry) => entry.value as KubeObject))
  const found = new Map<string, string[]>()
  for (const pod of pods.slice(0, PODS_LIMIT)) {
    const view = viewOf(pod.metadata as JsonObject, (pod.spec ?? {}) as JsonObject)
    const reason = reasonText(violationsOf(enforce, view))
    if (reason !== '') found.set(reason, [...(found.get(reason) ?? []), pod.metadata.name ?? ''])
  }
  const lines = [...found].map(([reason, names]) => {
    const [first = ''] = [...names].sort()
    const others = names.length - 1
    const more = others === 0 ? '' : ` (and ${others} other ${others === 1 ? 'pod' : 'pods'})`
    return `${first}${more}: ${reason}`
  })
  const violates = `violate the new PodSecurity enforce level ${JSON.stringify(levelText(enforce))}`
  return [
    ...(pods.length > PODS_LIMIT
      ? [`new PodSecurity enforce level only checked against the first ${PODS_LIMIT} of ${pods.length} existing pods`]
      : []),
    ...(lines.length > 0 ? [`existing pods in namespace ${JSON.stringify(namespace)} ${violates}`] : []),
    ...lines.sort(),
  ]
}

/** Of the pods of one controller the first comes early, the others last. */
function prioritized(pods: readonly KubeObject[]): KubeObject[] {
  const seen = new Set<string>()
  const [first, rest]: [KubeObject[], KubeObject[]] = [[], []]
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller === true)?.uid
    if (owner !== undefined && seen.has(owner)) rest.push(pod)
    else first.push(pod)
    if (owner !== undefined) seen.add(owner)
  }
  return [...first, ...rest]
}
