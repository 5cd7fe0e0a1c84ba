import {
  dnsLabelProblems,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  portNameProblems,
  portNumberProblems,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { validateEnv, validateEnvFrom } from './env.ts'
import {
  duplicate,
  type Findings,
  forbidden,
  invalid,
  invalidEach,
  notFound,
  notSupported,
  required,
} from './findings.ts'
import { validateLifecycle, validateProbe } from './probe.ts'
import { validateContainerResources } from './resources.ts'
import { validateResizePolicies, validateRestartRules } from './restart-rules.ts'
import { validateContainerSecurity } from './security.ts'
import { validateMounts, validateDevices } from './volume-mounts.ts'

/** What containers are checked against. */
export interface ContainerContext {
  /** The pod's sound volumes by name. */
  readonly volumes: ReadonlyMap<string, JsonObject>
  /** Names of the pod's resource claims. */
  readonly claims: ReadonlySet<string>
  /** `linux`, `windows`, another text, or undefined when the pod does not say. */
  readonly os: string | undefined
  readonly gracePeriod: number | undefined
  readonly restartPolicy: string
  readonly hostUsers: boolean
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const TERMINATION_POLICIES = ['File', 'FallbackToLogsOnError']

/** Checks the containers of a pod; there must be one. */
export function validateContainers(
  containers: readonly JsonObject[],
  field: string,
  context: ContainerContext,
): Findings {
  if (containers.length === 0) return [required(field)]
  const out: Findings = []
  const names = new Set<string>()
  containers.forEach((container, index) => {
    const at = `${field}[${index}]`
    out.push(...validateContainer(container, at, context))
    const name = stringAt(container, 'name')
    if (names.has(name)) out.push(duplicate(`${at}.name`, name))
    names.add(name)
    out.push(...validateActions(container, at, context))
    out.push(...validateRestartRules(container, at))
  })
  out.push(...validateHostPorts(containers, field))
  return out
}

/** Checks init containers; only those that keep running may have probes and hooks. */
export function validateInitContainers(
  containers: readonly JsonObject[],
  regular: readonly JsonObject[],
  field: string,
  context: ContainerContext,
): Findings {
  const out: Findings = []
  const names = new Set(regular.map((container) => stringAt(container, 'name')))
  containers.forEach((container, index) => {
    const at = `${field}[${index}]`
    const sidecar = stringAt(container, 'restartPolicy') === 'Always'
    out.push(...validateContainer(container, at, context), ...validateRestartRules(container, at, true))
    const name = stringAt(container, 'name')
    if (names.has(name)) out.push(duplicate(`${at}.name`, name))
    else if (name !== '') names.add(name)
    out.push(...validateHostPorts([container], field))
    if (sidecar) out.push(...validateActions(container, at, context))
    else {
      const text = 'may not be set for init containers without restartPolicy=Always'
      for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
        if (objectAt(container, key)) out.push(forbidden(`${at}.${key}`, text))
      }
      listAt(container, 'resizePolicy').forEach((policy, i) => {
        if (stringAt(policy, 'restartPolicy') !== 'RestartContainer') return
        const why = "must not be set to 'RestartContainer' for non-sidecar initContainers"
        out.push(invalid(`${at}.resizePolicy[${i}].restartPolicy`, 'RestartContainer', why))
      })
    }
  })
  return out
}

/** Fields of an ephemeral container that may not be set, in Go's order. */
const NOT_FOR_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
]

/** Checks debug containers. */
export function validateEphemeralContainers(
  containers: readonly JsonObject[],
  others: readonly JsonObject[],
  field: string,
  context: ContainerContext,
): Findings {
  const out: Findings = []
  const regular = new Set(others.map((container) => stringAt(container, 'name')))
  const names = new Set(regular)
  containers.forEach((container, index) => {
    const at = `${field}[${index}]`
    out.push(...validateContainer(container, at, context), ...validateImagePadding(container, at))
    const name = stringAt(container, 'name')
    if (names.has(name)) out.push(duplicate(`${at}.name`, name))
    names.add(name)
    const target = stringAt(container, 'targetContainerName')
    if (target !== '' && !regular.has(target)) out.push(notFound(`${at}.targetContainerName`, target))
    const text = 'cannot be set for an Ephemeral Container'
    for (const key of NOT_FOR_EPHEMERAL) {
      const value = valueAt(container, key)
      const isEmpty = value === undefined || (key === 'resources' && Object.keys(value as JsonObject).length === 0)
      if (!isEmpty) out.push(forbidden(`${at}.${key}`, text))
    }
    listAt(container, 'volumeMounts').forEach((mount, i) => {
      for (const key of ['subPath', 'subPathExpr']) {
        if (stringAt(mount, key) !== '') out.push(forbidden(`${at}.volumeMounts[${i}].${key}`, text))
      }
    })
  })
  return out
}

/** Images of pods (not of templates) stand without spaces around them. */
export function validateImagePadding(container: JsonObject, field: string): Findings {
  const image = stringAt(container, 'image')
  return image === image.trim()
    ? []
    : [invalid(`${field}.image`, image, 'must not have leading or trailing whitespace')]
}

function validateActions(container: JsonObject, field: string, context: ContainerContext): Findings {
  const grace = context.gracePeriod
  return [
    ...validateLifecycle(objectAt(container, 'lifecycle'), `${field}.lifecycle`, context),
    ...validateProbe(objectAt(container, 'livenessProbe'), `${field}.livenessProbe`, grace, true),
    ...validateProbe(objectAt(container, 'readinessProbe'), `${field}.readinessProbe`, grace, false),
    ...validateProbe(objectAt(container, 'startupProbe'), `${field}.startupProbe`, grace, true),
  ]
}

/** Checks what all kinds of containers have in common. */
function validateContainer(container: JsonObject, field: string, context: ContainerContext): Findings {
  const out: Findings = []
  const name = stringAt(container, 'name')
  if (name === '') out.push(required(`${field}.name`))
  else out.push(...invalidEach(`${field}.name`, name, dnsLabelProblems(name)))
  if (stringAt(container, 'image') === '') out.push(required(`${field}.image`))
  const termination = stringAt(container, 'terminationMessagePolicy')
  if (termination === '') out.push(required(`${field}.terminationMessagePolicy`))
  else if (!TERMINATION_POLICIES.includes(termination)) {
    out.push(notSupported(`${field}.terminationMessagePolicy`, termination, TERMINATION_POLICIES))
  }
  out.push(...validatePorts(listAt(container, 'ports'), `${field}.ports`))
  out.push(...validateEnv(listAt(container, 'env'), `${field}.env`))
  out.push(...validateEnvFrom(listAt(container, 'envFrom'), `${field}.envFrom`))
  out.push(...validateMounts(container, `${field}.volumeMounts`, context.volumes))
  out.push(...validateDevices(container, `${field}.volumeDevices`, context.volumes))
  const pull = stringAt(container, 'imagePullPolicy')
  if (pull === '') out.push(required(`${field}.imagePullPolicy`))
  else if (!PULL_POLICIES.includes(pull)) out.push(notSupported(`${field}.imagePullPolicy`, pull, PULL_POLICIES))
  out.push(...validateContainerResources(objectAt(container, 'resources'), `${field}.resources`, context.claims))
  const resize = `${field}.resizePolicy`
  out.push(...validateResizePolicies(listAt(container, 'resizePolicy'), resize, context.restartPolicy))
  const security = objectAt(container, 'securityContext')
  out.push(...validateContainerSecurity(security, `${field}.securityContext`, context.hostUsers))
  return out
}

function validatePorts(ports: readonly JsonObject[], field: string): Findings {
  const out: Findings = []
  const names = new Set<string>()
  ports.forEach((port, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(port, 'name')
    if (name !== '') {
      const problems = portNameProblems(name)
      out.push(...invalidEach(`${at}.name`, name, problems))
      if (problems.length === 0) {
        if (names.has(name)) out.push(duplicate(`${at}.name`, name))
        names.add(name)
      }
    }
    const number = numberAt(port, 'containerPort') ?? 0
    if (number === 0) out.push(required(`${at}.containerPort`))
    else out.push(...invalidEach(`${at}.containerPort`, number, portNumberProblems(number)))
    const hostPort = numberAt(port, 'hostPort') ?? 0
    if (hostPort !== 0) out.push(...invalidEach(`${at}.hostPort`, hostPort, portNumberProblems(hostPort)))
    const protocol = stringAt(port, 'protocol')
    if (protocol === '') out.push(required(`${at}.protocol`))
    else if (!PROTOCOLS.includes(protocol)) out.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS))
  })
  return out
}

function validateHostPorts(containers: readonly JsonObject[], field: string): Findings {
  const out: Findings = []
  const used = new Set<string>()
  containers.forEach((container, i) => {
    listAt(container, 'ports').forEach((port, j) => {
      const number = numberAt(port, 'hostPort') ?? 0
      if (number === 0) return
      const text = `${stringAt(port, 'protocol')}/${stringAt(port, 'hostIP')}/${number}`
      if (used.has(text)) out.push(duplicate(`${field}[${i}].ports[${j}].hostPort`, text))
      used.add(text)
    })
  })
  return out
}
