import { type FieldError, type Json, type JsonObject, mapAt, objectAt, stringAt, valueAt } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { jsonErrorText } from '../json-error.ts'
import { type Findings, forbidden, invalid } from './findings.ts'
import { validateTolerations } from './scheduling.ts'
import { validateAppArmor } from './security.ts'
import { validateDescendingPath } from './volume-paths.ts'
import { eachContainer } from './windows.ts'

/** Annotations that name AppArmor profiles of containers. */
export const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/'
/** The annotation that names the seccomp profile of a pod. */
export const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
/** Annotations that name seccomp profiles of containers. */
export const SECCOMP_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/'
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations'
const MIRROR = 'kubernetes.io/config.mirror'
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const LOCAL = 'localhost/'

/** The profile that an annotation stands for; undefined when it names none. */
export function appArmorProfileOf(annotation: string): JsonObject | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const name = annotation.startsWith(LOCAL) ? annotation.slice(LOCAL.length) : ''
  return name === '' ? undefined : { type: 'Localhost', localhostProfile: name }
}

/** Whether a profile from an annotation may become a field. */
export const hasSoundAppArmor = (profile: JsonObject): boolean => validateAppArmor(profile, '').length === 0

/** Checks what annotations of a pod or a pod template say to Kubernetes. As ValidatePodSpecificAnnotations. */
export function validatePodAnnotations(metadata: JsonObject | undefined, spec: JsonObject, field: string): Findings {
  const annotations = mapAt(metadata, 'annotations')
  const out: Findings = []
  const mirror = annotations[MIRROR]
  if (mirror !== undefined && stringAt(spec, 'nodeName') === '') {
    out.push(invalid(`${field}[${MIRROR}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set'))
  }
  out.push(...validateTolerationText(annotations[TOLERATIONS] ?? '', field))
  const cost = annotations[DELETION_COST]
  if (cost !== undefined && !isInt32(cost)) {
    out.push(invalid(`${field}[${DELETION_COST}]`, cost, 'must be a 32bit integer'))
  }
  const names = new Set(eachContainer(spec, '').map(([container]) => stringAt(container, 'name')))
  for (const [key, value] of Object.entries(annotations)) {
    if (key === SECCOMP_POD || key.startsWith(SECCOMP_PREFIX)) out.push(...validateSeccomp(value, `${field}.${key}`))
    if (!key.startsWith(APP_ARMOR_PREFIX)) continue
    const name = key.slice(APP_ARMOR_PREFIX.length)
    if (!names.has(name)) out.push(invalid(`${field}[${key}]`, name, 'container not found'))
    if (!['', 'runtime/default', 'unconfined'].includes(value) && !value.startsWith(LOCAL)) {
      out.push(invalid(`${field}[${key}]`, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`))
    }
  }
  return out
}

/** A whole number of 32 bits without a plus sign or leading zeros. */
function isInt32(text: string): boolean {
  return /^(0|-?[1-9][0-9]*)$/.test(text) && Math.abs(Number(text)) <= 2 ** 31 - (text.startsWith('-') ? 0 : 1)
}

function validateTolerationText(text: string, field: string): Findings {
  if (text === '') return []
  const read = parseList(text)
  if (typeof read === 'string') return [invalid(field, TOLERATIONS, read)]
  return validateTolerations(read, `${field}.${TOLERATIONS}`)
}

function parseList(text: string): JsonObject[] | string {
  try {
    const value = JSON.parse(text) as Json
    if (Array.isArray(value) && value.every((each) => isObject(each))) return value as JsonObject[]
    return `json: cannot unmarshal ${isObject(value) ? 'object' : typeof value} into Go value of type []core.Toleration`
  } catch (error) {
    if (error instanceof SyntaxError) return jsonErrorText(text)
    throw error
  }
}

function validateSeccomp(profile: string, field: string): Findings {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return []
  if (profile.startsWith(LOCAL)) return validateDescendingPath(profile.slice(LOCAL.length), field)
  return [invalid(field, profile, 'must be a valid seccomp profile')]
}

/** Profiles in annotations and in fields say the same. As the checks of new pods and of templates. */
export function validateMatchingProfiles(metadata: JsonObject | undefined, spec: JsonObject, field: string): Findings {
  const annotations = mapAt(metadata, 'annotations')
  const ofPod = objectAt(spec, 'securityContext')
  const out = match('seccomp', annotations[SECCOMP_POD], objectAt(ofPod, 'seccompProfile'), `${field}.securityContext`)
  const containers = eachContainer(spec, field)
  for (const [container, path] of containers) {
    const own = objectAt(objectAt(container, 'securityContext'), 'seccompProfile')
    const annotation = annotations[SECCOMP_PREFIX + stringAt(container, 'name')]
    out.push(...match('seccomp', annotation, own, `${path}.securityContext`))
  }
  if (stringAt(objectAt(spec, 'os'), 'name') === 'windows') return out
  for (const [container, path] of containers) {
    const own =
      objectAt(objectAt(container, 'securityContext'), 'appArmorProfile') ?? objectAt(ofPod, 'appArmorProfile')
    const annotation = annotations[APP_ARMOR_PREFIX + stringAt(container, 'name')]
    out.push(...match('apparmor', annotation, own, `${path}.securityContext`))
  }
  return out
}

function match(
  what: 'seccomp' | 'apparmor',
  annotation: string | undefined,
  profile: JsonObject | undefined,
  context: string,
): FieldError[] {
  if (annotation === undefined || profile === undefined) return []
  const path = `${context}.${what === 'seccomp' ? 'seccompProfile' : 'appArmorProfile'}`
  const differs = forbidden(`${path}.type`, `${what} type in annotation and field must match`)
  const defaults = what === 'seccomp' ? ['runtime/default', 'docker/default'] : ['runtime/default']
  switch (stringAt(profile, 'type')) {
    case 'Unconfined':
      return annotation === 'unconfined' ? [] : [differs]
    case 'RuntimeDefault':
      return defaults.includes(annotation) ? [] : [differs]
    case 'Localhost':
      if (!annotation.startsWith(LOCAL)) return [differs]
      return annotation.slice(LOCAL.length) === valueAt(profile, 'localhostProfile')
        ? []
        : [forbidden(`${path}.localhostProfile`, `${what} profile in annotation and field must match`)]
    default:
      return []
  }
}

/** AppArmor profiles and the mark of mirror pods never change. */
export function validateFixedAnnotations(metadata: JsonObject, old: JsonObject): Findings {
  const [now, then] = [mapAt(metadata, 'annotations'), mapAt(old, 'annotations')]
  const told = (key: string, verb: string): Findings => {
    const at = `metadata.annotations[${key}]`
    if (key.startsWith(APP_ARMOR_PREFIX)) return [forbidden(at, `may not ${verb} AppArmor annotations`)]
    return key === MIRROR ? [forbidden(at, `may not ${verb} mirror pod annotation`)] : []
  }
  const changed = Object.keys(then).filter((key) => now[key] !== then[key])
  const added = Object.keys(now).filter((key) => then[key] === undefined)
  return [...changed.flatMap((key) => told(key, 'remove or update')), ...added.flatMap((key) => told(key, 'add'))]
}
