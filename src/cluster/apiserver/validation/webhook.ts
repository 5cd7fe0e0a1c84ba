import {
  dnsSubdomainProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { duplicate, type Findings, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateLabelSelector } from './selector.ts'

const FAILURE = ['Fail', 'Ignore']
const MATCH = ['Equivalent', 'Exact']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']
const REINVOCATION = ['IfNeeded', 'Never']

/** Checks a ValidatingWebhookConfiguration or MutatingWebhookConfiguration. */
export function validateWebhooks(object: KubeObject): Findings {
  const out: Findings = []
  const names = new Set<string>()
  listAt(object, 'webhooks').forEach((webhook, index) => {
    const at = `webhooks[${index}]`
    out.push(...validateWebhook(webhook, at))
    const versions = stringsAt(webhook, 'admissionReviewVersions')
    if (versions.length === 0) out.push(required(`${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1'))
    else if (!versions.includes('v1') && !versions.includes('v1beta1')) {
      out.push(invalid(`${at}.admissionReviewVersions`, versions, 'must include at least one of v1, v1beta1'))
    }
    const name = stringAt(webhook, 'name')
    if (name !== '') {
      if (names.has(name)) out.push(duplicate(`${at}.name`, name))
      names.add(name)
    }
  })
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
  out.push(...validateClientConfig(objectAt(webhook, 'clientConfig'), `${field}.clientConfig`))
  oneOf('reinvocationPolicy', REINVOCATION)
  return out
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
  const out: Findings = []
  if (url !== undefined) {
    const text = String(url)
    if (!text.startsWith('https://')) {
      out.push(
        invalid(
          `${field}.url`,
          text.split(':')[0] ?? '',
          "'https' is the only allowed URL scheme; desired format: https://host[/path]",
        ),
      )
    }
    return out
  }
  for (const key of ['name', 'namespace']) {
    if (stringAt(service, key) === '') out.push(required(`${field}.service.${key}`, `service ${key} is required`))
  }
  const port = numberAt(service, 'port')
  if (port !== undefined && (port < 1 || port > 65535)) {
    out.push(invalid(`${field}.service.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'))
  }
  const path = valueAt(service, 'path')
  if (path !== undefined && !String(path).startsWith('/')) {
    out.push(invalid(`${field}.service.path`, path, "must start with a '/'"))
  }
  return out
}

/** Checks a rule: which operations on which resources. */
export function validateRule(rule: JsonObject, field: string): Findings {
  const out: Findings = []
  const operations = stringsAt(rule, 'operations')
  if (operations.length === 0) out.push(required(`${field}.operations`))
  if (operations.length > 1 && operations.includes('*')) {
    out.push(invalid(`${field}.operations`, operations, "if '*' is present, must not specify other operations"))
  }
  operations.forEach((operation, index) => {
    if (!OPERATIONS.includes(operation)) out.push(notSupported(`${field}.operations[${index}]`, operation, OPERATIONS))
  })
  for (const [key, text] of [
    ['apiGroups', "if '*' is present, must not specify other API groups"],
    ['apiVersions', "if '*' is present, must not specify other API versions"],
    ['resources', ''],
  ] as const) {
    const values = stringsAt(rule, key)
    if (values.length === 0) out.push(required(`${field}.${key}`))
    if (text !== '' && values.length > 1 && values.includes('*')) out.push(invalid(`${field}.${key}`, values, text))
    values.forEach((value, index) => {
      if (value === '' && key !== 'apiGroups') out.push(required(`${field}.${key}[${index}]`))
    })
  }
  const scope = valueAt(rule, 'scope')
  if (scope !== undefined && !SCOPES.includes(String(scope))) out.push(notSupported(`${field}.scope`, scope, SCOPES))
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
  if (name !== wanted) out.push(invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: "${wanted}"`))
  if (version === '')
    out.push(invalidEach('spec.version', version, ['must not be empty'])[0] ?? required('spec.version'))
  const priority = numberAt(spec, 'groupPriorityMinimum') ?? 0
  if (priority <= 0 || priority > 20000) {
    out.push(invalid('spec.groupPriorityMinimum', priority, 'must be positive and less than 20000'))
  }
  const versionPriority = numberAt(spec, 'versionPriority') ?? 0
  if (versionPriority <= 0 || versionPriority > 1000) {
    out.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'))
  }
  return out
}
