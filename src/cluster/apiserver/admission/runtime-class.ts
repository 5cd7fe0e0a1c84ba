import {
  ensureObject,
  jsonEqual,
  type JsonObject,
  type KubeObject,
  listAt,
  mapAt,
  objectAt,
  stringAt,
} from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { cloneJson } from '../clone.ts'
import { type AdmissionPlugin, type AdmissionRequest, isFor, refusedBy } from './chain.ts'

const CLASSES = 'node.k8s.io/runtimeclasses/'
const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"

/** Gives pods the overhead, node selector and tolerations of their RuntimeClass, which has to exist. */
export function runtimeClass(store: Store): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    admit(request) {
      const pod = request.object
      if (request.operation !== 'CREATE' || !isFor(request, '', 'pods') || pod === undefined) return
      const found = classOf(store, request, pod)
      if (found !== undefined) complete(request, ensureObject(pod as unknown as JsonObject, 'spec'), found)
    },
    validate(request) {
      const pod = request.object
      if (request.operation !== 'CREATE' || !isFor(request, '', 'pods') || pod === undefined) return
      const overhead = mapAt(objectAt(classOf(store, request, pod), 'overhead'), 'podFixed')
      const own = objectAt(pod.spec, 'overhead')
      if (own === undefined || Object.keys(own).length === 0) return
      if (Object.keys(overhead).length === 0) {
        throw refusedBy(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
      }
      if (!jsonEqual(own, overhead)) throw refusedBy(request, MISMATCH)
    },
  }
}

function classOf(store: Store, request: AdmissionRequest, pod: KubeObject): KubeObject | undefined {
  const name = stringAt(pod.spec, 'runtimeClassName')
  if (name === '') return undefined
  const found = store.get(CLASSES + name)?.value as KubeObject | undefined
  if (found === undefined) throw refusedBy(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
  return found
}

function complete(request: AdmissionRequest, spec: JsonObject, found: KubeObject): void {
  const overhead = mapAt(objectAt(found, 'overhead'), 'podFixed')
  if (Object.keys(overhead).length > 0) {
    const own = objectAt(spec, 'overhead')
    if (own !== undefined && !jsonEqual(own, overhead)) throw refusedBy(request, MISMATCH)
    spec.overhead = cloneJson(overhead)
  }
  const scheduling = objectAt(found, 'scheduling')
  if (scheduling === undefined) return
  const selector = mapAt(spec, 'nodeSelector')
  const wanted = mapAt(scheduling, 'nodeSelector')
  for (const [key, value] of Object.entries(wanted)) {
    const own = selector[key]
    if (own === undefined || own === value) continue
    const [left, right] = [`runtimeClass.scheduling.nodeSelector[${key}]`, `pod.spec.nodeSelector[${key}]`]
    throw refusedBy(request, `conflict: ${left} = ${String(value)}; ${right} = ${String(own)}`)
  }
  if (Object.keys(wanted).length > 0) spec.nodeSelector = { ...selector, ...wanted }
  const own = listAt(spec, 'tolerations')
  const added = listAt(scheduling, 'tolerations').filter((each) => !own.some((other) => jsonEqual(each, other)))
  if (added.length > 0) spec.tolerations = [...own, ...added.map((each) => cloneJson(each))]
}
