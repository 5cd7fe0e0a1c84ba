import {
  ensureObject,
  type JsonObject,
  listAt,
  objectAt,
  setAbsent,
  setDefault,
  stringAt,
  valueAt,
} from '../../../api/index.ts'

function defaultServicePort(client: JsonObject | undefined): void {
  const service = objectAt(client, 'service')
  if (service && valueAt(service, 'port') === undefined) service.port = 443
}

function defaultWebhook(webhook: JsonObject): void {
  setAbsent(webhook, 'failurePolicy', 'Fail')
  setAbsent(webhook, 'matchPolicy', 'Equivalent')
  setDefault(webhook, 'namespaceSelector', {})
  setDefault(webhook, 'objectSelector', {})
  if (valueAt(webhook, 'timeoutSeconds') === undefined) webhook.timeoutSeconds = 10
  defaultServicePort(objectAt(webhook, 'clientConfig'))
  for (const rule of listAt(webhook, 'rules')) setAbsent(rule, 'scope', '*')
}

/** ValidatingWebhookConfiguration. */
export function defaultValidatingWebhooks(object: JsonObject): void {
  for (const webhook of listAt(object, 'webhooks')) defaultWebhook(webhook)
}

/** MutatingWebhookConfiguration. */
export function defaultMutatingWebhooks(object: JsonObject): void {
  for (const webhook of listAt(object, 'webhooks')) {
    defaultWebhook(webhook)
    setAbsent(webhook, 'reinvocationPolicy', 'Never')
  }
}

function defaultMatchResources(resources: JsonObject | undefined): void {
  if (!resources) return
  setAbsent(resources, 'matchPolicy', 'Equivalent')
  setDefault(resources, 'namespaceSelector', {})
  setDefault(resources, 'objectSelector', {})
  for (const rule of [...listAt(resources, 'resourceRules'), ...listAt(resources, 'excludeResourceRules')]) {
    setAbsent(rule, 'scope', '*')
  }
}

/** ValidatingAdmissionPolicy and MutatingAdmissionPolicy. */
export function defaultAdmissionPolicy(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  setAbsent(spec, 'failurePolicy', 'Fail')
  defaultMatchResources(objectAt(spec, 'matchConstraints'))
}

/** The bindings of admission policies. */
export function defaultAdmissionPolicyBinding(object: JsonObject): void {
  defaultMatchResources(objectAt(objectAt(object, 'spec'), 'matchResources'))
}

/** CustomResourceDefinition: names that follow from the kind, and no conversion. */
export function defaultCustomResourceDefinition(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  const names = ensureObject(spec, 'names')
  const kind = stringAt(names, 'kind')
  setDefault(names, 'singular', kind.toLowerCase())
  if (kind !== '') setDefault(names, 'listKind', `${kind}List`)
  setAbsent(spec, 'conversion', { strategy: 'None' })
  defaultServicePort(objectAt(objectAt(objectAt(spec, 'conversion'), 'webhook'), 'clientConfig'))
}

/** APIService. */
export function defaultApiService(object: JsonObject): void {
  defaultServicePort(objectAt(object, 'spec'))
}

/** FlowSchema: somewhere in the middle. */
export function defaultFlowSchema(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  if ((spec.matchingPrecedence ?? 0) === 0) spec.matchingPrecedence = 1000
}

/** PriorityLevelConfiguration: shares, and queues where requests wait. */
export function defaultPriorityLevel(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  const exempt = objectAt(spec, 'exempt')
  if (exempt !== undefined) {
    setAbsent(exempt, 'nominalConcurrencyShares', 0)
    setAbsent(exempt, 'lendablePercent', 0)
  }
  const limited = objectAt(spec, 'limited')
  if (limited === undefined) return
  setAbsent(limited, 'nominalConcurrencyShares', 30)
  setAbsent(limited, 'lendablePercent', 0)
  const queuing = objectAt(objectAt(limited, 'limitResponse'), 'queuing')
  if (queuing === undefined) return
  if ((queuing.queues ?? 0) === 0) queuing.queues = 64
  if ((queuing.handSize ?? 0) === 0) queuing.handSize = 8
  if ((queuing.queueLengthLimit ?? 0) === 0) queuing.queueLengthLimit = 50
}
