import { type JsonObject, jsonEqual, listAt, mapAt, objectAt, stringAt } from '../../../api/index.ts'
import { APP_ARMOR_PREFIX, appArmorProfileOf, SECCOMP_POD, SECCOMP_PREFIX } from '../validation/index.ts'

/** Annotations of pods without meaning today, and what is to be used instead. */
const GONE: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}

/**
 * Warnings about annotations of a pod or, at `path`, of a template. AppArmor's are told of templates only: those of a pod
 * become fields when it is made.
 */
export function annotationWarnings(metadata: JsonObject | undefined, spec: JsonObject, path: string): string[] {
  const annotations = mapAt(metadata, 'annotations')
  const at = (key: string): string => `${path === '' ? '' : `${path}.`}metadata.annotations[${key}]`
  const out = Object.entries(GONE).flatMap(([key, text]) =>
    annotations[key] === undefined ? [] : [`${at(key)}: ${text}`],
  )
  const ofPod = objectAt(spec, 'securityContext')
  const seccomp = (key: string, context: JsonObject | undefined): void => {
    if (annotations[key] === undefined || objectAt(context, 'seccompProfile')) return
    out.push(`${at(key)}: non-functional in v1.27+; use the "seccompProfile" field instead`)
  }
  seccomp(SECCOMP_POD, ofPod)
  for (const container of ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) => listAt(spec, key))) {
    const context = objectAt(container, 'securityContext')
    seccomp(SECCOMP_PREFIX + stringAt(container, 'name'), context)
    const key = APP_ARMOR_PREFIX + stringAt(container, 'name')
    const annotation = annotations[key]
    if (path === '' || annotation === undefined || objectAt(context, 'appArmorProfile')) continue
    const profile = objectAt(ofPod, 'appArmorProfile')
    if (profile !== undefined && jsonEqual(profile, appArmorProfileOf(annotation) ?? null)) continue
    out.push(`${at(key)}: deprecated since v1.30; use the "appArmorProfile" field instead`)
  }
  return out
}
