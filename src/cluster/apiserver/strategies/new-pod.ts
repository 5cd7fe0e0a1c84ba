import {
  ensureObject,
  jsonEqual,
  type JsonObject,
  type KubeObject,
  listAt,
  mapAt,
  objectAt,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import { APP_ARMOR_PREFIX, appArmorProfileOf, hasSoundAppArmor } from '../validation/index.ts'

const TERMS = ['requiredDuringSchedulingIgnoredDuringExecution', 'preferredDuringSchedulingIgnoredDuringExecution']

/**
 * Adds the pod's own values of matchLabelKeys and mismatchLabelKeys to the selectors of its affinities and spread
 * constraints, which is how the scheduler learns of them. A missing selector selects nothing and stays missing.
 */
export function mergeLabelKeys(pod: KubeObject): void {
  const labels = pod.metadata.labels ?? {}
  const affinity = objectAt(pod.spec, 'affinity')
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    for (const list of TERMS) {
      for (const each of listAt(objectAt(affinity, kind), list))
        mergeInto(objectAt(each, 'podAffinityTerm') ?? each, labels)
    }
  }
  for (const constraint of listAt(pod.spec, 'topologySpreadConstraints')) mergeInto(constraint, labels)
}

function mergeInto(term: JsonObject, labels: Readonly<Record<string, string>>): void {
  const selector = objectAt(term, 'labelSelector')
  if (selector === undefined) return
  const wanted = (list: string, operator: string): JsonObject[] =>
    stringsAt(term, list).flatMap((key) => {
      const value = labels[key]
      return value === undefined ? [] : [{ key, operator, values: [value] }]
    })
  const added = [...wanted('matchLabelKeys', 'In'), ...wanted('mismatchLabelKeys', 'NotIn')]
  if (added.length > 0) selector.matchExpressions = [...listAt(selector, 'matchExpressions'), ...added]
}

/**
 * AppArmor profiles that stand in annotations become fields of their containers, with a warning for each. As Kubernetes'
 * applyAppArmorVersionSkew.
 */
export function adoptAppArmor(pod: KubeObject, warn: (text: string) => void): void {
  const spec = pod.spec as JsonObject | undefined
  const annotations = mapAt(pod.metadata, 'annotations')
  if (stringAt(objectAt(spec, 'os'), 'name') === 'windows') return
  const ofPod = objectAt(objectAt(spec, 'securityContext'), 'appArmorProfile')
  for (const container of ['initContainers', 'containers'].flatMap((key) => listAt(spec, key))) {
    const key = APP_ARMOR_PREFIX + stringAt(container, 'name')
    const annotation = annotations[key]
    if (annotation === undefined || objectAt(objectAt(container, 'securityContext'), 'appArmorProfile')) continue
    const found = appArmorProfileOf(annotation)
    const profile = found !== undefined && hasSoundAppArmor(found) ? found : undefined
    if (profile !== undefined && jsonEqual(profile, ofPod ?? null)) continue
    if (profile !== undefined) ensureObject(container, 'securityContext').appArmorProfile = profile
    warn(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`)
  }
}
