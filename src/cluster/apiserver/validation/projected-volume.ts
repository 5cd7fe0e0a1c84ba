import {
  dnsSubdomainProblems,
  type JsonObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { validateFieldRef, validateResourceFieldRef } from './env.ts'
import { type Findings, forbidden, invalid, notSupported, required } from './findings.ts'
import { validateAnnotations } from './metadata.ts'
import { validateLabelSelector } from './selector.ts'
import { validateSignerName } from './signer.ts'
import { validateItems, validateLocalPath, validateMode } from './volume-paths.ts'

/** Checks a file that shows a field of the pod. Its findings carry no index, as in Kubernetes. */
export function validateDownwardFile(item: JsonObject, field: string): Findings {
  const path = stringAt(item, 'path')
  const out: Findings = path === '' ? [required(`${field}.path`)] : []
  out.push(...validateLocalPath(path, `${field}.path`))
  const fieldRef = objectAt(item, 'fieldRef')
  const resource = objectAt(item, 'resourceFieldRef')
  if (fieldRef) {
    out.push(...validateFieldRef(fieldRef, 'volume', `${field}.fieldRef`))
    if (resource)
      out.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
  } else if (resource) out.push(...validateResourceFieldRef(resource, true, `${field}.resourceFieldRef`))
  else out.push(required(field, 'one of fieldRef and resourceFieldRef is required'))
  out.push(...validateMode(numberAt(item, 'mode'), `${field}.mode`))
  return out
}

/** Notes a path; two files of one volume may not have the same. */
type Claim = (path: string, named: string) => Findings

/** Checks a projected volume: each source, and the paths of all together. */
export function validateProjected(source: JsonObject, field: string): Findings {
  const out = validateMode(numberAt(source, 'defaultMode'), `${field}.defaultMode`)
  const paths = new Set<string>()
  const claim: Claim = (path, named) => {
    if (!paths.has(path)) {
      paths.add(path)
      return []
    }
    return [invalid(field, named, 'conflicting duplicate paths')]
  }
  listAt(source, 'sources').forEach((projection, index) => {
    const at = `${field}.sources[${index}]`
    let count = 0
    for (const [key, check] of PROJECTIONS) {
      const found = objectAt(projection, key)
      if (!found) continue
      count++
      out.push(...check(found, `${at}.${key}`, claim, field))
    }
    if (count > 1) out.push(forbidden(at, 'may not specify more than 1 volume type per source'))
  })
  return out
}

type ProjectionCheck = (source: JsonObject, field: string, claim: Claim, volumeField: string) => Findings

const PROJECTIONS: readonly (readonly [key: string, check: ProjectionCheck])[] = [
  ['secret', validateKeys],
  ['configMap', validateKeys],
  ['downwardAPI', validateDownward],
  ['serviceAccountToken', validateToken],
  ['clusterTrustBundle', validateTrustBundle],
  ['podCertificate', validatePodCertificate],
]

function validateKeys(source: JsonObject, field: string, claim: Claim): Findings {
  const name = stringAt(source, 'name')
  const out: Findings = name === '' ? [required(`${field}.name`)] : []
  listAt(source, 'items').forEach((item, index) => {
    const found = validateItems({ items: [item] }, field)
    out.push(...found.map((finding) => ({ ...finding, field: finding.field.replace('[0]', `[${index}]`) })))
    const path = stringAt(item, 'path')
    if (path !== '') out.push(...claim(path, name))
  })
  return out
}

function validateDownward(source: JsonObject, field: string, claim: Claim): Findings {
  return listAt(source, 'items').flatMap((item) => {
    const path = stringAt(item, 'path')
    return [...validateDownwardFile(item, field), ...(path === '' ? [] : claim(path, path))]
  })
}

function validateToken(source: JsonObject, field: string, _claim: Claim, volumeField: string): Findings {
  const out: Findings = []
  const seconds = numberAt(source, 'expirationSeconds') ?? 0
  const at = `${field}.expirationSeconds`
  if (seconds < 600) out.push(invalid(at, seconds, 'may not specify a duration less than 10 minutes'))
  if (seconds > 2 ** 32) out.push(invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds'))
  const path = stringAt(source, 'path')
  if (path === '') out.push(required(`${volumeField}.path`))
  else out.push(...validateLocalPath(path, `${volumeField}.path`))
  return out
}

function validateTrustBundle(source: JsonObject, field: string, claim: Claim): Findings {
  const out: Findings = []
  const name = valueAt(source, 'name')
  const signer = valueAt(source, 'signerName')
  if (name !== undefined && signer !== undefined) {
    out.push(invalid(field, printBundle(source), 'only one of name and signerName may be used'))
  } else if (name !== undefined) {
    const text = String(name)
    if (text === '') out.push(required(`${field}.name`, 'must be a valid object name'))
    for (const problem of bundleNameProblems(text)) {
      out.push(invalid(`${field}.name`, text, `not a valid clustertrustbundlename: ${problem}`))
    }
    const selector = objectAt(source, 'labelSelector')
    if (selector) {
      const value = { matchLabels: selector.matchLabels ?? null, matchExpressions: selector.matchExpressions ?? null }
      out.push(invalid(`${field}.labelSelector`, value, 'labelSelector must be unset if name is specified'))
    }
  } else if (signer !== undefined) {
    const text = String(signer)
    if (text === '') out.push(required(`${field}.signerName`, 'must be a valid signer name'))
    out.push(...validateSignerName(text, `${field}.signerName`))
    out.push(...validateLabelSelector(objectAt(source, 'labelSelector'), `${field}.labelSelector`))
  } else out.push(required(field, 'either name or signerName must be specified'))
  const path = stringAt(source, 'path')
  if (path === '') out.push(required(`${field}.path`))
  out.push(...validateLocalPath(path, `${field}.path`))
  return [...out, ...claim(path, path)]
}

/** The source as Go prints its struct. */
function printBundle(source: JsonObject): JsonObject {
  return {
    Name: source.name ?? null,
    SignerName: source.signerName ?? null,
    LabelSelector: source.labelSelector ?? null,
    Optional: source.optional ?? null,
    Path: source.path ?? '',
  }
}

/** The name of a bundle: behind a signer's name in its own form, or a plain one. */
function bundleNameProblems(name: string): string[] {
  const colon = name.indexOf(':')
  if (colon < 0) return dnsSubdomainProblems(name)
  return dnsSubdomainProblems(name.slice(name.lastIndexOf(':') + 1))
}

const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519']
const LONGEST_CERTIFICATE = 91 * 86400
const LONGEST_KUBERNETES_CERTIFICATE = 86400

function validatePodCertificate(source: JsonObject, field: string, claim: Claim): Findings {
  const signer = stringAt(source, 'signerName')
  const out = validateSignerName(signer, `${field}.signerName`)
  out.push(...validateAnnotations(mapAt(source, 'userAnnotations'), `${field}.userAnnotations`))
  const type = stringAt(source, 'keyType')
  if (!KEY_TYPES.includes(type)) out.push(notSupported(`${field}.keyType`, type, KEY_TYPES))
  const seconds = numberAt(source, 'maxExpirationSeconds')
  if (seconds !== undefined) {
    const at = `${field}.maxExpirationSeconds`
    if (seconds < 3600) out.push(invalid(at, seconds, 'if provided, maxExpirationSeconds must be >= 3600'))
    const own = signer.split('/')[0] === 'kubernetes.io' || (signer.split('/')[0] ?? '').endsWith('.kubernetes.io')
    const limit = own ? LONGEST_KUBERNETES_CERTIFICATE : LONGEST_CERTIFICATE
    if (seconds > limit) out.push(invalid(at, seconds, `if provided, maxExpirationSeconds must be <= ${limit}`))
  }
  const files = ['credentialBundlePath', 'keyPath', 'certificateChainPath'].filter(
    (key) => stringAt(source, key) !== '',
  )
  for (const key of files) {
    const path = stringAt(source, key)
    out.push(...validateLocalPath(path, `${field}.${key}`), ...claim(path, path))
  }
  if (files.length === 0) {
    out.push(required(field, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'))
  }
  return out
}
