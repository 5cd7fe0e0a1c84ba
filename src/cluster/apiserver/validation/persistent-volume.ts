import {
  dnsSubdomainProblems,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  mapAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { validateModes, validatePositive, VOLUME_MODES } from './claim.ts'
import { type Findings, forbidden, IMMUTABLE, invalid, invalidEach, notSupported, required } from './findings.ts'
import { printGoStruct } from './go-print.ts'
import { validateBasicQuantity } from './resources.ts'
import { printMap } from './selector.ts'
import { validateNodeSelector } from './scheduling.ts'
import { unifiedDiff } from './unified-diff.ts'
import { PERSISTENT_SOURCES, validateOneSource } from './volume-sources.ts'

const RECLAIM = ['Delete', 'Recycle', 'Retain']

const specOf = (object: KubeObject): JsonObject => (object.spec ?? {}) as JsonObject

/** Checks a PersistentVolume. */
export function validatePersistentVolume(object: KubeObject): Findings {
  const spec = specOf(object)
  const out: Findings = []
  const modes = stringsAt(spec, 'accessModes')
  if (modes.length === 0) out.push(required('spec.accessModes'))
  out.push(...validateModes(modes, 'spec.accessModes'))
  const capacity = mapAt(spec, 'capacity')
  if (Object.keys(capacity).length === 0) out.push(required('spec.capacity'))
  if (capacity.storage === undefined || Object.keys(capacity).length > 1) {
    out.push(notSupported('spec.capacity', printMap(objectAt(spec, 'capacity')), ['storage']))
  }
  for (const [name, value] of Object.entries(capacity)) {
    const at = `spec.capacity[${name}]`
    out.push(...validateBasicQuantity(value, at), ...validatePositive(value, at))
  }
  const reclaim = stringAt(spec, 'persistentVolumeReclaimPolicy')
  if (reclaim !== '' && !RECLAIM.includes(reclaim))
    out.push(notSupported('spec.persistentVolumeReclaimPolicy', reclaim, RECLAIM))
  out.push(...validateAffinity(spec), ...validateSources(spec, object.metadata.name ?? '', reclaim))
  const className = stringAt(spec, 'storageClassName')
  if (className !== '') out.push(...invalidEach('spec.storageClassName', className, dnsSubdomainProblems(className)))
  const volumeMode = valueAt(spec, 'volumeMode')
  if (volumeMode !== undefined && !VOLUME_MODES.includes(String(volumeMode)))
    out.push(notSupported('spec.volumeMode', volumeMode, VOLUME_MODES))
  return [...out, ...validateAttributesClass(spec)]
}

function validateAffinity(spec: JsonObject): Findings {
  const affinity = objectAt(spec, 'nodeAffinity')
  if (!affinity) return []
  const needed = objectAt(affinity, 'required')
  if (!needed) return [required('spec.nodeAffinity.required', 'must specify required node constraints')]
  return validateNodeSelector(needed, 'spec.nodeAffinity.required')
}

function validateSources(spec: JsonObject, name: string, reclaim: string): Findings {
  const { findings: out, count } = validateOneSource(spec, 'spec', name, PERSISTENT_SOURCES)
  const isLocal = PERSISTENT_SOURCES.find(([key]) => objectAt(spec, key))?.[0] === 'local'
  if (isLocal && !objectAt(spec, 'nodeAffinity')) {
    out.push(required('spec.nodeAffinity', 'Local volume requires node affinity'))
  }
  if (count === 0) out.push(required('spec', 'must specify a volume type'))
  const path = objectAt(spec, 'hostPath')
  if (path && isRoot(stringAt(path, 'path')) && reclaim === 'Recycle') {
    out.push(forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"))
  }
  return out
}

/** Whether a path means the root of a file system. */
function isRoot(path: string): boolean {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return path.startsWith('/') && parts.length === 0
}

function validateAttributesClass(spec: JsonObject): Findings {
  const name = valueAt(spec, 'volumeAttributesClassName')
  if (name === undefined) return []
  const at = 'spec.volumeAttributesClassName'
  const out: Findings =
    name === ''
      ? [required(at, 'an empty string is disallowed')]
      : invalidEach(at, name, dnsSubdomainProblems(String(name)))
  if (!objectAt(spec, 'csi')) {
    out.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'))
  }
  return out
}

/** The source of a volume never changes. */
export function validatePersistentVolumeUpdate(object: KubeObject, old: KubeObject): Findings {
  const spec = specOf(object)
  const before = specOf(old)
  const out: Findings = []
  const now = withoutNewSecret(spec, before)
  const same = PERSISTENT_SOURCES.every(([key]) => jsonEqual(now[key] ?? null, before[key] ?? null))
  if (!same) {
    const diff = unifiedDiff(printSource(before), printSource(now))
    const text = `spec.persistentvolumesource is immutable after creation\n${diff}`
    out.push(forbidden('spec.persistentvolumesource', text))
  }
  if (!jsonEqual(spec.volumeMode ?? null, before.volumeMode ?? null))
    out.push(invalid('volumeMode', spec.volumeMode, IMMUTABLE))
  if (before.nodeAffinity !== undefined && !jsonEqual(spec.nodeAffinity ?? null, before.nodeAffinity)) {
    const text = `${IMMUTABLE}, except for updating from beta label to GA`
    out.push(invalid('nodeAffinity', printAffinity(objectAt(spec, 'nodeAffinity')), text))
  }
  if (before.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    out.push(forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'))
  }
  return out
}

/** The secret for expansion may be added later. */
function withoutNewSecret(spec: JsonObject, before: JsonObject): JsonObject {
  const csi = objectAt(spec, 'csi')
  const old = objectAt(before, 'csi')
  if (!csi || !old || old.controllerExpandSecretRef !== undefined) return spec
  const { controllerExpandSecretRef: _added, ...rest } = csi
  return { ...spec, csi: rest }
}

function printSource(spec: JsonObject): string {
  return JSON.stringify(printGoStruct('PersistentVolumeSource', spec), null, 1)
}

function printAffinity(affinity: JsonObject | undefined): JsonObject | null {
  return affinity ? printGoStruct('VolumeNodeAffinity', affinity) : null
}
