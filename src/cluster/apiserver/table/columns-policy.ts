import { type KubeObject, printGoSelector } from '../../../api/index.ts'
import type { TableDefinition } from '../registry/resource.ts'
import { humanDuration } from './age.ts'
import { columns } from './column.ts'
import { ageOf, at, listAt, nameOf, numberAt, orElse, textAt } from './read.ts'

/** Most metrics that the cell of an autoscaler names. */
const METRIC_LIMIT = 2

/** `current/target` of one metric of an autoscaler; what is not known yet is `<unknown>`. */
function metricText(metric: unknown, current: unknown): string {
  const type = textAt(metric, 'type')
  const field = type.charAt(0).toLowerCase() + type.slice(1)
  const target = at(metric, field, 'target')
  const now = at(current, field, 'current')
  const known = (key: string): string => orElse(textAt(now, key), '<unknown>')
  const label = type === 'Resource' || type === 'ContainerResource' ? `${textAt(metric, field, 'name')}: ` : ''
  const average = textAt(target, 'averageValue')
  if (type === 'Pods') return `${known('averageValue')}/${average}`
  if (average !== '') {
    const suffix = type === 'External' || type === 'Object' ? ' (avg)' : ''
    return `${label}${known('averageValue')}/${average}${suffix}`
  }
  if (label === '') return `${known('value')}/${textAt(target, 'value')}`
  const utilization = at(now, 'averageUtilization')
  const wanted = at(target, 'averageUtilization')
  return `${label}${typeof utilization === 'number' ? `${utilization}%` : '<unknown>'}/${typeof wanted === 'number' ? `${wanted}%` : '<auto>'}`
}

function metricsText(autoscaler: KubeObject): string {
  const metrics = listAt(autoscaler, 'spec', 'metrics')
  if (metrics.length === 0) {
    const target = at(autoscaler, 'spec', 'targetCPUUtilizationPercentage')
    if (typeof target !== 'number') return '<none>'
    const now = at(autoscaler, 'status', 'currentCPUUtilizationPercentage')
    return `cpu: ${typeof now === 'number' ? `${now}%` : '<unknown>'}/${target}%`
  }
  const current = listAt(autoscaler, 'status', 'currentMetrics')
  const shown = metrics.slice(0, METRIC_LIMIT).map((metric, i) => metricText(metric, current[i]))
  const more = metrics.length - shown.length
  return more > 0 ? `${shown.join(', ')} + ${more} more...` : shown.join(', ')
}

/** Users, groups and service accounts of a binding, each as one text. */
function subjectTexts(binding: KubeObject): [users: string, groups: string, accounts: string] {
  const ofKind = (kind: string, text: (subject: unknown) => string): string =>
    listAt(binding, 'subjects')
      .filter((subject) => textAt(subject, 'kind') === kind)
      .map(text)
      .join(', ')
  const plain = (subject: unknown): string => textAt(subject, 'name')
  return [
    ofKind('User', plain),
    ofKind('Group', plain),
    ofKind('ServiceAccount', (s) => `${textAt(s, 'namespace')}/${textAt(s, 'name')}`),
  ]
}

const binding: TableDefinition = {
  columns: columns('Name!', 'Role', 'Age', 'Users*', 'Groups*', 'ServiceAccounts*'),
  row: (object, nowMs) => [
    nameOf(object),
    `${textAt(object, 'roleRef', 'kind')}/${textAt(object, 'roleRef', 'name')}`,
    ageOf(object, nowMs),
    ...subjectTexts(object),
  ],
}

const webhooks: TableDefinition = {
  columns: columns('Name!', 'Webhooks:integer', 'Age'),
  row: (object, nowMs) => [nameOf(object), listAt(object, 'webhooks').length, ageOf(object, nowMs)],
}

function admissionPolicy(column: string, field: string): TableDefinition {
  return {
    columns: columns('Name!', `${column}:integer`, 'ParamKind', 'Age'),
    row: (object, nowMs) => {
      const kind = at(object, 'spec', 'paramKind')
      const param =
        typeof kind === 'object' && kind !== null ? `${textAt(kind, 'apiVersion')}/${textAt(kind, 'kind')}` : '<unset>'
      return [nameOf(object), listAt(object, 'spec', field).length, param, ageOf(object, nowMs)]
    },
  }
}

/** The parameters of a policy's binding: `namespace/name`, with any namespace `*`, or the selector as Go prints it. */
function paramReference(binding: KubeObject): string {
  const reference = at(binding, 'spec', 'paramRef')
  const name = textAt(reference, 'name')
  if (name !== '') return `${orElse(textAt(reference, 'namespace'), '*')}/${name}`
  const selector = at(reference, 'selector')
  return typeof selector === 'object' && selector !== null ? printGoSelector(selector) : '<unset>'
}

const policyBinding: TableDefinition = {
  columns: columns('Name!', 'PolicyName', 'ParamRef', 'Age'),
  row: (object, nowMs) => [
    nameOf(object),
    textAt(object, 'spec', 'policyName'),
    paramReference(object),
    ageOf(object, nowMs),
  ],
}

function certificateStatus(request: KubeObject): string {
  const types = new Set(listAt(request, 'status', 'conditions').map((c) => textAt(c, 'type')))
  const words = [types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending']
  if (types.has('Failed')) words.push('Failed')
  if (textAt(request, 'status', 'certificate') !== '') words.push('Issued')
  return words.join(',')
}

/** Tables of autoscaling, policy, rbac, scheduling, coordination and admission, by kind. */
export const policyTables: Readonly<Record<string, TableDefinition>> = {
  HorizontalPodAutoscaler: {
    columns: columns('Name!', 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age'),
    row: (object, nowMs) => [
      nameOf(object),
      `${textAt(object, 'spec', 'scaleTargetRef', 'kind')}/${textAt(object, 'spec', 'scaleTargetRef', 'name')}`,
      metricsText(object),
      orElse(textAt(object, 'spec', 'minReplicas'), '<unset>'),
      numberAt(object, 'spec', 'maxReplicas'),
      numberAt(object, 'status', 'currentReplicas'),
      ageOf(object, nowMs),
    ],
  },
  PodDisruptionBudget: {
    columns: columns('Name!', 'Min Available', 'Max Unavailable', 'Allowed Disruptions:integer', 'Age'),
    row: (object, nowMs) => [
      nameOf(object),
      orElse(textAt(object, 'spec', 'minAvailable'), 'N/A'),
      orElse(textAt(object, 'spec', 'maxUnavailable'), 'N/A'),
      numberAt(object, 'status', 'disruptionsAllowed'),
      ageOf(object, nowMs),
    ],
  },
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  PriorityClass: {
    columns: columns('Name!', 'Value:integer', 'Global-Default:boolean', 'Age', 'PreemptionPolicy'),
    row: (object, nowMs) => [
      nameOf(object),
      numberAt(object, 'value'),
      at(object, 'globalDefault') === true,
      ageOf(object, nowMs),
      textAt(object, 'preemptionPolicy'),
    ],
  },
  FlowSchema: {
    columns: columns('Name!', 'PriorityLevel', 'MatchingPrecedence', 'DistinguisherMethod', 'Age', 'MissingPL'),
    row: (object, nowMs) => {
      const dangling = listAt(object, 'status', 'conditions').find((each) => textAt(each, 'type') === 'Dangling')
      return [
        nameOf(object),
        textAt(object, 'spec', 'priorityLevelConfiguration', 'name'),
        numberAt(object, 'spec', 'matchingPrecedence'),
        orElse(textAt(object, 'spec', 'distinguisherMethod', 'type'), '<none>'),
        ageOf(object, nowMs),
        orElse(textAt(dangling, 'status'), '?'),
      ]
    },
    order: (a, b) => precedenceOf(a) - precedenceOf(b),
  },
  PriorityLevelConfiguration: {
    columns: columns('Name!', 'Type', 'NominalConcurrencyShares', 'Queues', 'HandSize', 'QueueLengthLimit', 'Age'),
    row: (object, nowMs) => {
      const limited = at(object, 'spec', 'limited')
      const queuing = at(object, 'spec', 'limited', 'limitResponse', 'queuing')
      const shown = (from: unknown, key: string): unknown => at(from, key) ?? '<none>'
      return [
        nameOf(object),
        textAt(object, 'spec', 'type'),
        shown(limited, 'nominalConcurrencyShares'),
        shown(queuing, 'queues'),
        shown(queuing, 'handSize'),
        shown(queuing, 'queueLengthLimit'),
        ageOf(object, nowMs),
      ]
    },
  },
  Lease: {
    columns: columns('Name!', 'Holder', 'Age'),
    row: (object, nowMs) => [nameOf(object), textAt(object, 'spec', 'holderIdentity'), ageOf(object, nowMs)],
  },
  RuntimeClass: {
    columns: columns('Name!', 'Handler', 'Age'),
    row: (object, nowMs) => [nameOf(object), textAt(object, 'handler'), ageOf(object, nowMs)],
  },
  CertificateSigningRequest: {
    columns: columns('Name!', 'Age', 'SignerName', 'Requestor', 'RequestedDuration', 'Condition'),
    row: (object, nowMs) => {
      const seconds = at(object, 'spec', 'expirationSeconds')
      return [
        nameOf(object),
        ageOf(object, nowMs),
        orElse(textAt(object, 'spec', 'signerName'), '<none>'),
        textAt(object, 'spec', 'username'),
        typeof seconds === 'number' ? humanDuration(seconds * 1000) : '<none>',
        certificateStatus(object),
      ]
    },
  },
  MutatingWebhookConfiguration: webhooks,
  ValidatingWebhookConfiguration: webhooks,
  ValidatingAdmissionPolicy: admissionPolicy('Validations', 'validations'),
  ValidatingAdmissionPolicyBinding: policyBinding,
  MutatingAdmissionPolicy: admissionPolicy('Mutations', 'mutations'),
  MutatingAdmissionPolicyBinding: policyBinding,
  APIService: {
    columns: columns('Name!', 'Service', 'Available', 'Age'),
    row: (object, nowMs) => {
      const service = at(object, 'spec', 'service')
      const place =
        typeof service === 'object' && service !== null
          ? `${textAt(service, 'namespace')}/${textAt(service, 'name')}`
          : 'Local'
      const condition = listAt(object, 'status', 'conditions').find((c) => textAt(c, 'type') === 'Available')
      const status = orElse(textAt(condition, 'status'), 'Unknown')
      return [
        nameOf(object),
        place,
        status === 'True' || condition === undefined ? status : `${status} (${textAt(condition, 'reason')})`,
        ageOf(object, nowMs),
      ]
    },
  },
}

function precedenceOf(flow: KubeObject): number {
  return Number(numberAt(flow, 'spec', 'matchingPrecedence') ?? 0)
}
