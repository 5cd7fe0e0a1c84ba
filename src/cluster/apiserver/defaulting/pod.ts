import {
  boolAt,
  ensureObject,
  formatQuantity,
  type JsonObject,
  listAt,
  mapAt,
  numberAt,
  objectAt,
  setDefault,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { aggregateResources } from '../pod-resources.ts'
import { defaultPullPolicy } from './image.ts'
import { defaultClaimSpec, defaultVolume } from './volume.ts'

/** Defaults of a pod: those of its spec, and what only pods get (service links, requests from limits, host ports). */
export function defaultPod(pod: JsonObject): void {
  const spec = ensureObject(pod, 'spec')
  defaultPodSpec(spec)
  syncAddresses(objectAt(pod, 'status'))
  if ((numberAt(spec, 'terminationGracePeriodSeconds') ?? 0) < 0) spec.terminationGracePeriodSeconds = 1
  setDefault(spec, 'enableServiceLinks', true)
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]
  for (const container of containers) requestsFromLimits(container)
  defaultPodResources(spec)
  if (!boolAt(spec, 'hostNetwork')) return
  for (const container of containers) {
    for (const port of listAt(container, 'ports')) {
      if (!numberAt(port, 'hostPort')) port.hostPort = numberAt(port, 'containerPort') ?? 0
    }
  }
}

/** The resources of a whole pod, when it names any: what its containers need together, and requests from limits. */
function defaultPodResources(spec: JsonObject): void {
  const resources = objectAt(spec, 'resources')
  if (!resources) return
  const limits = mapAt(resources, 'limits')
  const requests = mapAt(resources, 'requests')
  const named = Object.keys(limits).length + Object.keys(requests).length
  for (const [name, total] of named === 0 ? [] : aggregateResources(spec, 'limits')) {
    if (!name.startsWith('hugepages-') || limits[name] !== undefined || requests[name] !== undefined) continue
    limits[name] = formatQuantity(total)
  }
  if (Object.keys(limits).length === 0) return
  for (const [name, total] of aggregateResources(spec, 'requests')) {
    if (requests[name] === undefined && (name === 'cpu' || name === 'memory')) requests[name] = formatQuantity(total)
  }
  for (const [name, value] of Object.entries(limits)) {
    const supported = name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')
    if (supported && requests[name] === undefined) requests[name] = value
  }
  resources.limits = limits
  if (Object.keys(requests).length > 0) resources.requests = requests
}

function requestsFromLimits(container: JsonObject): void {
  const resources = objectAt(container, 'resources')
  const limits = objectAt(resources, 'limits')
  if (!resources || !limits) return
  const requests = ensureObject(resources, 'requests')
  for (const [name, value] of Object.entries(limits)) if (requests[name] === undefined) requests[name] = value
}

/** The address of a pod is the first of its addresses; one of its own wins. As the conversion of PodStatus. */
function syncAddresses(status: JsonObject | undefined): void {
  if (status === undefined) return
  const own = stringAt(status, 'podIP')
  const first = stringAt(listAt(status, 'podIPs')[0], 'ip')
  if (own !== '' && own !== first) status.podIPs = [{ ip: own }]
  else if (own === '' && first !== '') status.podIP = first
}

/** Defaults of a pod template. */
export function defaultPodTemplate(template: JsonObject | undefined): void {
  if (template) defaultPodSpec(ensureObject(template, 'spec'))
}

function defaultPodSpec(spec: JsonObject): void {
  setDefault(spec, 'dnsPolicy', 'ClusterFirst')
  setDefault(spec, 'restartPolicy', 'Always')
  setDefault(spec, 'securityContext', {})
  setDefault(spec, 'terminationGracePeriodSeconds', 30)
  setDefault(spec, 'schedulerName', 'default-scheduler')
  // The old name of the field mirrors the new one.
  const account = stringAt(spec, 'serviceAccountName') || stringAt(spec, 'serviceAccount')
  if (account !== '') {
    spec.serviceAccountName = account
    spec.serviceAccount = account
  }
  for (const key of ['containers', 'initContainers', 'ephemeralContainers']) {
    for (const container of listAt(spec, key)) defaultContainer(container)
  }
  for (const volume of listAt(spec, 'volumes')) {
    defaultVolume(volume)
    const claim = objectAt(objectAt(volume, 'ephemeral'), 'volumeClaimTemplate')
    if (claim) defaultClaimSpec(ensureObject(claim, 'spec'))
  }
}

function defaultContainer(container: JsonObject): void {
  setDefault(container, 'imagePullPolicy', defaultPullPolicy(stringAt(container, 'image')))
  setDefault(container, 'terminationMessagePath', '/dev/termination-log')
  setDefault(container, 'terminationMessagePolicy', 'File')
  for (const port of listAt(container, 'ports')) setDefault(port, 'protocol', 'TCP')
  for (const variable of listAt(container, 'env')) {
    const from = objectAt(variable, 'valueFrom')
    const field = objectAt(from, 'fieldRef')
    if (field) setDefault(field, 'apiVersion', 'v1')
    const file = objectAt(from, 'fileKeyRef')
    if (file && file.optional === undefined) file.optional = false
  }
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = objectAt(container, key)
    if (probe) defaultProbe(probe)
  }
  const lifecycle = objectAt(container, 'lifecycle')
  for (const key of ['postStart', 'preStop']) defaultHttpGet(objectAt(objectAt(lifecycle, key), 'httpGet'))
}

function defaultProbe(probe: JsonObject): void {
  for (const [key, value] of PROBE_NUMBERS) if (!numberAt(probe, key)) probe[key] = value
  defaultHttpGet(objectAt(probe, 'httpGet'))
  const grpc = objectAt(probe, 'grpc')
  if (grpc && valueAt(grpc, 'service') === undefined) grpc.service = ''
}

const PROBE_NUMBERS = [
  ['timeoutSeconds', 1],
  ['periodSeconds', 10],
  ['successThreshold', 1],
  ['failureThreshold', 3],
] as const

function defaultHttpGet(action: JsonObject | undefined): void {
  if (!action) return
  setDefault(action, 'path', '/')
  setDefault(action, 'scheme', 'HTTP')
}
