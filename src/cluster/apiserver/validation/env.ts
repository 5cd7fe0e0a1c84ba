import {
  configKeyProblems,
  environmentNameProblems,
  type JsonObject,
  objectAt,
  qualifiedNameProblems,
  stringAt,
} from '../../../api/index.ts'
import { type Findings, invalid, invalidEach, notSupported, required } from './findings.ts'

/** Pod fields that environment variables may refer to. */
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

/** Pod fields that files of a volume may hold. */
const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

const KNOWN_FIELDS = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.hostNetwork',
  'status.phase',
  'status.nominatedNodeName',
])

const RESOURCE_FIELDS = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

/** Checks environment variables. */
export function validateEnv(env: readonly JsonObject[], field: string): Findings {
  return env.flatMap((variable, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(variable, 'name')
    const out = name === '' ? [required(`${at}.name`)] : invalidEach(`${at}.name`, name, environmentNameProblems(name))
    const from = objectAt(variable, 'valueFrom')
    if (from) out.push(...validateValueFrom(from, stringAt(variable, 'value'), `${at}.valueFrom`))
    return out
  })
}

function validateValueFrom(from: JsonObject, value: string, field: string): Findings {
  const out: Findings = []
  let sources = 0
  const fieldRef = objectAt(from, 'fieldRef')
  if (fieldRef) {
    sources++
    out.push(...validateFieldRef(fieldRef, 'env', `${field}.fieldRef`))
  }
  const resource = objectAt(from, 'resourceFieldRef')
  if (resource) {
    sources++
    out.push(...validateResourceFieldRef(resource, false, `${field}.resourceFieldRef`))
  }
  for (const key of ['configMapKeyRef', 'secretKeyRef']) {
    const ref = objectAt(from, key)
    if (!ref) continue
    sources++
    out.push(...validateKeyRef(ref, `${field}.${key}`))
  }
  if (objectAt(from, 'fileKeyRef')) sources++
  if (sources === 0) {
    const text =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    out.push(invalid(field, '', text))
  }
  if (value !== '') {
    if (sources > 0) out.push(invalid(field, '', 'may not be specified when `value` is not empty'))
  } else if (sources > 1) out.push(invalid(field, '', 'may not have more than one field specified at a time'))
  return out
}

function validateKeyRef(ref: JsonObject, field: string): Findings {
  const out: Findings = []
  if (stringAt(ref, 'name') === '') out.push(required(`${field}.name`))
  const key = stringAt(ref, 'key')
  if (key === '') out.push(required(`${field}.key`))
  else out.push(...invalidEach(`${field}.key`, key, configKeyProblems(key)))
  return out
}

/** Checks a reference to a field of the pod, from a variable or a file. */
export function validateFieldRef(ref: JsonObject, use: 'env' | 'volume', field: string): Findings {
  const out: Findings = []
  if (stringAt(ref, 'apiVersion') === '') return [required(`${field}.apiVersion`)]
  const path = stringAt(ref, 'fieldPath')
  if (path === '') return [required(`${field}.fieldPath`)]
  const subscript = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(path)
  if (subscript) {
    const key = subscript[2] ?? ''
    return invalidEach(
      field,
      key,
      qualifiedNameProblems(subscript[1] === 'metadata.annotations' ? key.toLowerCase() : key),
    )
  }
  const allowed = use === 'env' ? ENV_FIELDS : VOLUME_FIELDS
  if (!KNOWN_FIELDS.has(path)) {
    out.push(invalid(`${field}.fieldPath`, path, `error converting fieldPath: field label not supported: ${path}`))
  } else if (!allowed.includes(path)) out.push(notSupported(`${field}.fieldPath`, path, allowed))
  return out
}

/** Checks a reference to a container's resources. */
export function validateResourceFieldRef(ref: JsonObject, inVolume: boolean, field: string): Findings {
  if (inVolume && stringAt(ref, 'containerName') === '') return [required(`${field}.containerName`)]
  const resource = stringAt(ref, 'resource')
  if (resource === '') return [required(`${field}.resource`)]
  if (RESOURCE_FIELDS.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)) return []
  return [notSupported(`${field}.resource`, resource, RESOURCE_FIELDS)]
}

/** Checks the sources of whole sets of variables. */
export function validateEnvFrom(sources: readonly JsonObject[], field: string): Findings {
  return sources.flatMap((source, index) => {
    const at = `${field}[${index}]`
    const out: Findings = []
    const prefix = stringAt(source, 'prefix')
    if (prefix !== '') out.push(...invalidEach(`${at}.prefix`, prefix, environmentNameProblems(prefix)))
    const refs = ['configMapRef', 'secretRef'].filter((key) => objectAt(source, key))
    for (const key of refs) if (stringAt(objectAt(source, key), 'name') === '') out.push(required(`${at}.${key}.name`))
    if (refs.length === 0) out.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'))
    else if (refs.length > 1) out.push(invalid(field, '', 'may not have more than one field specified at a time'))
    return out
  })
}
