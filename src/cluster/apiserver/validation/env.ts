import {
  configKeyProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  environmentNameProblems,
  formatQuantity,
  type JsonObject,
  objectAt,
  parseQuantity,
  qualifiedNameProblems,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { type Findings, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateNoBackstep } from './volume-paths.ts'

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
  'status.phase',
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
  const file = objectAt(from, 'fileKeyRef')
  if (file) {
    sources++
    out.push(...validateFileRef(file, `${field}.fileKeyRef`))
  }
  if (sources === 0) {
    const text =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    out.push(invalid(field, '', text))
  } else if (value !== '') {
    out.push(invalid(field, '', 'may not be specified when `value` is not empty'))
  } else if (sources > 1) out.push(invalid(field, '', 'may not have more than one field specified at a time'))
  return out
}

function validateKeyRef(ref: JsonObject, field: string): Findings {
  const out: Findings = []
  const name = stringAt(ref, 'name')
  out.push(...invalidEach(`${field}.name`, name, dnsSubdomainProblems(name)))
  const key = stringAt(ref, 'key')
  if (key === '') out.push(required(`${field}.key`))
  else out.push(...invalidEach(`${field}.key`, key, configKeyProblems(key)))
  return out
}

function validateFileRef(ref: JsonObject, field: string): Findings {
  const key = stringAt(ref, 'key')
  const volume = stringAt(ref, 'volumeName')
  const path = stringAt(ref, 'path')
  return [
    ...(key === '' ? [required(`${field}.key`)] : invalidEach(`${field}.key`, key, environmentNameProblems(key))),
    ...(volume === ''
      ? [required(`${field}.volumeName`)]
      : invalidEach(`${field}.volumeName`, volume, dnsLabelProblems(volume))),
    ...(path === '' ? [required(`${field}.path`)] : validateNoBackstep(path, `${field}.path`)),
  ]
}

/** Checks a reference to a field of the pod, from a variable or a file. */
export function validateFieldRef(ref: JsonObject, use: 'env' | 'volume', field: string): Findings {
  const out: Findings = []
  if (stringAt(ref, 'apiVersion') === '') return [required(`${field}.apiVersion`)]
  const path = stringAt(ref, 'fieldPath')
  if (path === '') return [required(`${field}.fieldPath`)]
  const version = stringAt(ref, 'apiVersion')
  if (version !== 'v1') {
    const text = `error converting fieldPath: unsupported pod version: ${version}`
    return [invalid(`${field}.fieldPath`, path, text)]
  }
  const [, base = '', key] = /^(.*)\['(.*)'\]$/s.exec(path) ?? []
  if (key !== undefined) {
    if (base === 'metadata.annotations')
      return invalidEach(field, key.toLowerCase(), qualifiedNameProblems(key.toLowerCase()))
    if (base === 'metadata.labels') return invalidEach(field, key, qualifiedNameProblems(key))
    return [
      invalid(
        `${field}.fieldPath`,
        path,
        `error converting fieldPath: field label does not support subscript: ${path}`,
      ),
    ]
  }
  const allowed = use === 'env' ? ENV_FIELDS : VOLUME_FIELDS
  if (!KNOWN_FIELDS.has(path)) {
    out.push(invalid(`${field}.fieldPath`, path, `error converting fieldPath: field label not supported: ${path}`))
  } else if (!allowed.includes(path)) out.push(notSupported(`${field}.fieldPath`, path, allowed))
  return out
}

/** Checks a reference to a container's resources. */
export function validateResourceFieldRef(ref: JsonObject, inVolume: boolean, field: string): Findings {
  const out: Findings = []
  const resource = stringAt(ref, 'resource')
  if (inVolume && stringAt(ref, 'containerName') === '') out.push(required(`${field}.containerName`))
  else if (resource === '') out.push(required(`${field}.resource`))
  else if (!RESOURCE_FIELDS.includes(resource) && !HUGE_PAGES.test(resource)) {
    out.push(notSupported(`${field}.resource`, resource, RESOURCE_FIELDS))
  }
  return [...out, ...validateDivisor(ref, resource, `${field}.divisor`)]
}

const HUGE_PAGES = /^(limits|requests)\.hugepages-/
const SIZES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

/** The unit in which a resource is shown; the text of a wrong one quotes the resource, as in Kubernetes. */
function validateDivisor(ref: JsonObject, resource: string, field: string): Findings {
  const divisor = valueAt(ref, 'divisor')
  if (divisor === undefined || parseQuantity(String(divisor)).nano === 0n) return []
  const text = formatQuantity(parseQuantity(String(divisor)))
  const kind = resource.replace(/^(limits|requests)\./, '')
  if (kind === 'cpu') {
    if (text === '1m' || text === '1') return []
    return [invalid(field, resource, "only divisor's values 1m and 1 are supported with the cpu resource")]
  }
  const names: Readonly<Record<string, string>> = { memory: 'memory', 'ephemeral-storage': 'local ephemeral storage' }
  const name = HUGE_PAGES.test(resource) ? 'hugepages' : names[kind]
  if (name === undefined || kind === resource || SIZES.includes(text)) return []
  return [invalid(field, resource, `only divisor's values ${SIZES.join(', ')} are supported with the ${name} resource`)]
}

/** Checks the sources of whole sets of variables. */
export function validateEnvFrom(sources: readonly JsonObject[], field: string): Findings {
  return sources.flatMap((source, index) => {
    const at = `${field}[${index}]`
    const out: Findings = []
    const prefix = stringAt(source, 'prefix')
    if (prefix !== '') out.push(...invalidEach(`${at}.prefix`, prefix, environmentNameProblems(prefix)))
    const refs = ['configMapRef', 'secretRef'].filter((key) => objectAt(source, key))
    for (const key of refs) {
      const name = stringAt(objectAt(source, key), 'name')
      // A trailing dash would do, as for a prefix of names.
      const problems = dnsSubdomainProblems(name.replace(/-$/, 'a'))
      if (name === '') out.push(required(`${at}.${key}.name`))
      else out.push(...invalidEach(`${at}.${key}.name`, name, problems))
    }
    if (refs.length === 0) out.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'))
    else if (refs.length > 1) out.push(invalid(field, '', 'may not have more than one field specified at a time'))
    return out
  })
}
