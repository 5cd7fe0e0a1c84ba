import {
  dns1035LabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  pathSegmentProblems,
  portNumberProblems,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { validateMatchConditions } from './admission-policy.ts'
import { duplicate, type Findings, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateLabelSelector } from './selector.ts'
import { validateRule } from './webhook-rule.ts'

const FAILURE = ['Fail', 'Ignore']
const MATCH = ['Equivalent', 'Exact']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const REVIEW_VERSIONS = ['v1', 'v1beta1']
const REINVOCATION = ['IfNeeded', 'Never']

/** Checks a ValidatingWebhookConfiguration or MutatingWebhookConfiguration. */
export function validateWebhooks(object: KubeObject): Findings {
  const out: Findings = []
  const names = new Set<string>()
  listAt(object, 'webhooks').forEach((webhook, index) => {
    const at = `webhooks[${index}]`
    out.push(...validateWebhook(webhook, at))
    out.push(...validateReviewVersions(stringsAt(webhook, 'admissionReviewVersions'), `${at}.admissionReviewVersions`))
    const name = stringAt(webhook, 'name')
    if (name !== '') {
      if (names.has(name)) out.push(duplicate(`${at}.name`, name))
      names.add(name)
    }
  })
  return out
}

function validateReviewVersions(versions: readonly string[], field: string): Findings {
  if (versions.length === 0) return [required(field, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)]
  const out = versions.flatMap((version, index) =>
    versions.indexOf(version) < index
      ? [invalid(`${field}[${index}]`, version, 'duplicate version')]
      : invalidEach(`${field}[${index}]`, version, dns1035LabelProblems(version)),
  )
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    out.push(invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`))
  }
  return out
}

function validateWebhook(webhook: JsonObject, field: string): Findings {
  const out = validateDomain(stringAt(webhook, 'name'), `${field}.name`)
  listAt(webhook, 'rules').forEach((rule, index) => {
    out.push(...validateRule(rule, `${field}.rules[${index}]`))
  })
  const oneOf = (key: string, allowed: readonly string[]): void => {
    const value = valueAt(webhook, key)
    if (value !== undefined && !allowed.includes(String(value)))
      out.push(notSupported(`${field}.${key}`, value, allowed))
  }
  oneOf('failurePolicy', FAILURE)
  oneOf('matchPolicy', MATCH)
  const effects = valueAt(webhook, 'sideEffects')
  if (effects === undefined) out.push(required(`${field}.sideEffects`, 'must specify one of None, NoneOnDryRun'))
  oneOf('sideEffects', SIDE_EFFECTS)
  const seconds = numberAt(webhook, 'timeoutSeconds')
  if (seconds !== undefined && (seconds > 30 || seconds < 1)) {
    out.push(invalid(`${field}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds'))
  }
  out.push(...validateLabelSelector(objectAt(webhook, 'namespaceSelector'), `${field}.namespaceSelector`))
  out.push(...validateLabelSelector(objectAt(webhook, 'objectSelector'), `${field}.objectSelector`))
  oneOf('reinvocationPolicy', REINVOCATION)
  out.push(...validateClientConfig(objectAt(webhook, 'clientConfig'), `${field}.clientConfig`))
  return [...out, ...validateMatchConditions(listAt(webhook, 'matchConditions'), false, `${field}.matchConditions`)]
}

function validateDomain(name: string, field: string): Findings {
  if (name === '') return [required(field)]
  const problems = dnsSubdomainProblems(name)
  if (problems.length > 0) return [invalid(field, name, problems.join(','))]
  if (name.split('.').length < 3)
    return [invalid(field, name, 'should be a domain with at least three segments separated by dots')]
  return []
}

/** Checks where a webhook is reached: by URL or by Service. */
export function validateClientConfig(config: JsonObject | undefined, field: string): Findings {
  const url = valueAt(config, 'url')
  const service = objectAt(config, 'service')
  if ((url === undefined) === (service === undefined))
    return [required(field, 'exactly one of url or service is required')]
  return service === undefined ? validateUrl(String(url), `${field}.url`) : validateService(service, `${field}.service`)
}

const URL_FORM = 'desired format: https://host[/path]'
const URL_PARTS =
  /^(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:(?<user>[^/?#]*)@)?(?<host>[^/?#]*))?[^?#]*(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/s

function validateUrl(url: string, field: string): Findings {
  const { scheme = '', user, host = '', query = '', fragment = '' } = URL_PARTS.exec(url)?.groups ?? {}
  const out: Findings = []
  if (scheme.toLowerCase() !== 'https') {
    out.push(invalid(field, scheme.toLowerCase(), `'https' is the only allowed URL scheme; ${URL_FORM}`))
  }
  if (host === '') out.push(invalid(field, host, `host must be specified; ${URL_FORM}`))
  if (user !== undefined) out.push(invalid(field, user, 'user information is not permitted in the URL'))
  if (fragment !== '') out.push(invalid(field, fragment, 'fragments are not permitted in the URL'))
  if (query !== '') out.push(invalid(field, query, 'query parameters are not permitted in the URL'))
  return out
}

function validateService(service: JsonObject, field: string): Findings {
  const out: Findings = []
  // Kubernetes names the other field for each of the two.
  if (stringAt(service, 'namespace') === '') out.push(required(`${field}.name`))
  if (stringAt(service, 'name') === '') out.push(required(`${field}.namespace`))
  const port = numberAt(service, 'port') ?? 0
  const problems = portNumberProblems(port)
  if (problems.length > 0) out.push(invalid(`${field}.port`, port, `port is not valid: ${problems.join(', ')}`))
  return [...out, ...validatePath(stringAt(service, 'path'), `${field}.path`)]
}

function validatePath(path: string, field: string): Findings {
  if (path === '' || path === '/') return []
  if (path === '//') return [invalid(field, path, 'segment[0] may not be empty')]
  const out: Findings = path.startsWith('/') ? [] : [invalid(field, path, "must start with a '/'")]
  const segments = path.slice(1).replace(/\/$/, '').split('/')
  segments.forEach((segment, index) => {
    const problems = segment === '' ? ['may not be empty'] : dnsSubdomainProblems(segment).map((each) => `: ${each}`)
    out.push(...problems.map((each) => invalid(field, path, `segment[${index}]${segment === '' ? ' ' : ''}${each}`)))
  })
  return out
}

/** Checks an APIService; its name is version and group. */
export function validateApiService(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const out: Findings = []
  const version = stringAt(spec, 'version')
  const group = stringAt(spec, 'group')
  const wanted = `${version}.${group}`
  const name = object.metadata.name ?? ''
  if (name !== '' && name !== wanted && pathSegmentProblems(name).length === 0) {
    out.push(invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: "${wanted}"`))
  }
  if (group === '' && version !== 'v1') {
    out.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'))
  }
  if (group !== '') out.push(...invalidEach('spec.group', group, dnsSubdomainProblems(group)))
  out.push(...invalidEach('spec.version', version, dns1035LabelProblems(version)))
  const priority = numberAt(spec, 'groupPriorityMinimum') ?? 0
  if (priority <= 0 || priority > 20000) {
    out.push(invalid('spec.groupPriorityMinimum', priority, 'must be positive and less than 20000'))
  }
  const versionPriority = numberAt(spec, 'versionPriority') ?? 0
  if (versionPriority <= 0 || versionPriority > 1000) {
    out.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'))
  }
  const bundle = Buffer.from(stringAt(spec, 'caBundle'), 'base64')
  const skips = valueAt(spec, 'insecureSkipTLSVerify') === true
  const service = objectAt(spec, 'service')
  if (service === undefined) {
    if (bundle.length > 0) {
      out.push(invalid('spec.caBundle', `${bundle.length} bytes`, 'local APIServices may not have a caBundle'))
    }
    if (skips) {
      out.push(invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'))
    }
    return out
  }
  for (const key of ['namespace', 'name']) {
    if (stringAt(service, key) === '') out.push(required(`spec.service.${key}`))
  }
  const port = numberAt(service, 'port') ?? 0
  const problems = portNumberProblems(port)
  if (problems.length > 0) out.push(invalid('spec.service.port', port, `port is not valid: ${problems.join(', ')}`))
  if (skips && bundle.length > 0) {
    out.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'))
  }
  return out
}

const CONDITION_STATUSES = ['True', 'False', 'Unknown']

/** Checks what is said of an APIService. */
export function validateApiServiceStatus(object: KubeObject): Findings {
  return listAt(object.status, 'conditions').flatMap((condition, index) => {
    const status = stringAt(condition, 'status')
    return CONDITION_STATUSES.includes(status)
      ? []
      : [notSupported(`status.conditions[${index}].status`, status, CONDITION_STATUSES)]
  })
}
