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
import { resourcesOf, validateContainerResources } from './resources.ts'
import { validateContainerSecurity } from './security.ts'
import { validateDescendingPath } from './volume.ts'

/** What containers are checked against. */
export interface ContainerContext {
  /** Names of the pod's volumes. */
  readonly volumes: ReadonlySet<string>
  readonly hostNetwork: boolean
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const TERMINATION_POLICIES = ['FallbackToLogsOnError', 'File']

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
    out.push(...validateActions(container, at))
    const policy = stringAt(container, 'restartPolicy')
    if (policy !== '' && !RESTART_POLICIES.includes(policy)) {
      out.push(notSupported(`${at}.restartPolicy`, policy, RESTART_POLICIES))
    }
  })
  out.push(...validateHostPorts(containers, field))
  return out
}

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure']

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
    const policy = stringAt(container, 'restartPolicy')
    out.push(...validateContainer(container, at, context))
    const name = stringAt(container, 'name')
    if (names.has(name)) out.push(duplicate(`${at}.name`, name))
    names.add(name)
    if (policy !== '' && !RESTART_POLICIES.includes(policy)) {
      out.push(notSupported(`${at}.restartPolicy`, policy, RESTART_POLICIES))
    }
    if (policy === 'Always') out.push(...validateActions(container, at))
    else {
      const text = 'may not be set for init containers without restartPolicy=Always'
      for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
        if (objectAt(container, key)) out.push(forbidden(`${at}.${key}`, text))
      }
    }
  })
  return out
}

function validateActions(container: JsonObject, field: string): Findings {
  return [
    ...validateLifecycle(objectAt(container, 'lifecycle'), `${field}.lifecycle`),
    ...validateProbe(objectAt(container, 'livenessProbe'), `${field}.livenessProbe`, true),
    ...validateProbe(objectAt(container, 'readinessProbe'), `${field}.readinessProbe`, false),
    ...validateProbe(objectAt(container, 'startupProbe'), `${field}.startupProbe`, true),
  ]
}

/** Checks what all kinds of containers have in common. */
export function validateContainer(container: JsonObject, field: string, context: ContainerContext): Findings {
  const out: Findings = []
  const name = stringAt(container, 'name')
  if (name === '') out.push(required(`${field}.name`))
  else out.push(...invalidEach(`${field}.name`, name, dnsLabelProblems(name)))
  const image = stringAt(container, 'image')
  if (image === '') out.push(required(`${field}.image`))
  else if (image !== image.trim())
    out.push(invalid(`${field}.image`, image, 'must not have leading or trailing whitespace'))
  const termination = stringAt(container, 'terminationMessagePolicy')
  if (termination === '') out.push(required(`${field}.terminationMessagePolicy`))
  else if (!TERMINATION_POLICIES.includes(termination)) {
    out.push(notSupported(`${field}.terminationMessagePolicy`, termination, TERMINATION_POLICIES))
  }
  out.push(...validatePorts(listAt(container, 'ports'), `${field}.ports`))
  out.push(...validateEnv(listAt(container, 'env'), `${field}.env`))
  out.push(...validateEnvFrom(listAt(container, 'envFrom'), `${field}.envFrom`))
  out.push(...validateMounts(container, `${field}.volumeMounts`, context))
  out.push(...validateDevices(container, `${field}.volumeDevices`, context))
  const pull = stringAt(container, 'imagePullPolicy')
  if (pull === '') out.push(required(`${field}.imagePullPolicy`))
  else if (!PULL_POLICIES.includes(pull)) out.push(notSupported(`${field}.imagePullPolicy`, pull, PULL_POLICIES))
  out.push(...validateContainerResources(resourcesOf(container), `${field}.resources`))
  out.push(...validateContainerSecurity(objectAt(container, 'securityContext'), `${field}.securityContext`))
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

const PROPAGATION = ['Bidirectional', 'HostToContainer', 'None']

function validateMounts(container: JsonObject, field: string, context: ContainerContext): Findings {
  const out: Findings = []
  const paths = new Set<string>()
  listAt(container, 'volumeMounts').forEach((mount, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(mount, 'name')
    if (name === '') out.push(required(`${at}.name`))
    if (!context.volumes.has(name)) out.push(notFound(`${at}.name`, name))
    const path = stringAt(mount, 'mountPath')
    if (path === '') out.push(required(`${at}.mountPath`))
    if (paths.has(path)) out.push(invalid(`${at}.mountPath`, path, 'must be unique'))
    paths.add(path)
    const subPath = stringAt(mount, 'subPath')
    if (subPath !== '') out.push(...validateDescendingPath(subPath, `${field}.subPath`))
    const expression = stringAt(mount, 'subPathExpr')
    if (expression !== '') {
      if (subPath !== '')
        out.push(invalid(`${at}.subPathExpr`, expression, 'subPathExpr and subPath are mutually exclusive'))
      out.push(...validateDescendingPath(expression, `${field}.subPathExpr`))
    }
    const propagation = stringAt(mount, 'mountPropagation')
    if (propagation === '') return
    const privileged = valueAt(objectAt(container, 'securityContext'), 'privileged') === true
    if (propagation === 'Bidirectional' && !privileged) {
      out.push(
        forbidden(
          `${at}.mountPropagation`,
          'Bidirectional mount propagation is available only to privileged containers',
        ),
      )
    } else if (!PROPAGATION.includes(propagation)) {
      out.push(notSupported(`${at}.mountPropagation`, propagation, PROPAGATION))
    }
  })
  return out
}

function validateDevices(container: JsonObject, field: string, context: ContainerContext): Findings {
  const out: Findings = []
  const seen = new Set<string>()
  listAt(container, 'volumeDevices').forEach((device, index) => {
    const at = `${field}[${index}]`
    const name = stringAt(device, 'name')
    if (name === '') out.push(required(`${at}.name`))
    if (seen.has(name)) out.push(invalid(`${at}.name`, name, 'must be unique'))
    if (!context.volumes.has(name)) out.push(notFound(`${at}.name`, name))
    const path = stringAt(device, 'devicePath')
    if (path === '') out.push(required(`${at}.devicePath`))
    if (path !== '' && path.split('/').includes('..'))
      out.push(invalid(`${at}.devicePath`, path, "can not contain '..'"))
    seen.add(name)
  })
  return out
}
