import {
  boolAt,
  dnsLabelProblems,
  dnsSubdomainProblems,
  type JsonObject,
  type KubeObject,
  listAt,
  numberAt,
  objectAt,
  qualifiedNameProblems,
  rangeProblem,
  stringAt,
  stringsAt,
  underscoreSubdomainProblems,
  valueAt,
} from '../../../api/index.ts'
import {
  type ContainerContext,
  validateContainers,
  validateEphemeralContainers,
  validateImagePadding,
  validateInitContainers,
} from './container.ts'
import {
  duplicate,
  type Findings,
  forbidden,
  invalid,
  invalidEach,
  notFound,
  notSupported,
  required,
  tooLong,
} from './findings.ts'
import { validateStrictIp } from './ip.ts'
import { validateAnnotations, validateLabels } from './metadata.ts'
import { validateMatchingProfiles, validatePodAnnotations } from './pod-annotations.ts'
import { validatePodClaims, validatePodResources } from './pod-resources.ts'
import { validateContainerResources } from './resources.ts'
import { validateAffinity, validateTolerations, validateTopologySpread } from './scheduling.ts'
import { validateHostNetworkPorts, validatePodSecurity } from './security.ts'
import { type VolumeContext, validateVolumes } from './volume.ts'
import { eachContainer, validateHostProcess, validateLinuxPod, validateWindowsPod } from './windows.ts'

const SYSTEMS = ['linux', 'windows']
const RESTART = ['Always', 'OnFailure', 'Never']
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const PREEMPTION = ['PreemptLowerPriority', 'Never']
const MAX_INT32 = 2 ** 31 - 1

/** Checks a pod template: its labels, annotations and spec. */
export function validatePodTemplate(template: JsonObject | undefined, field: string): Findings {
  const spec = objectAt(template, 'spec') ?? {}
  const out = [
    ...validatePodTemplateMetadata(template, field),
    ...validatePodSpec(spec, `${field}.spec`, { isPod: false, podName: '' }),
    ...validateMatchingProfiles(objectAt(template, 'metadata'), spec, `${field}.spec`),
  ]
  if (listAt(spec, 'ephemeralContainers').length > 0) {
    out.push(forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'))
  }
  return out
}

/**
 * Checks labels and annotations of a pod template. A StatefulSet's template is checked no further: its mounts may name
 * claims, which become volumes only in the pods. As Kubernetes' ValidatePodTemplateSpecForStatefulSet.
 */
export function validatePodTemplateMetadata(template: JsonObject | undefined, field: string): Findings {
  const metadata = objectAt(template, 'metadata')
  return [
    ...validateLabels(objectAt(metadata, 'labels') as Record<string, string> | undefined, `${field}.labels`),
    ...validateAnnotations(
      objectAt(metadata, 'annotations') as Record<string, string> | undefined,
      `${field}.annotations`,
    ),
    ...validatePodAnnotations(metadata, objectAt(template, 'spec') ?? {}, `${field}.annotations`),
  ]
}

/** Checks the spec of a pod. As Kubernetes' ValidatePodSpec. */
function validatePodSpec(spec: JsonObject, field: string, holder: VolumeContext): Findings {
  const out: Findings = []
  const gracePeriod = numberAt(spec, 'terminationGracePeriodSeconds')
  if (gracePeriod === undefined) out.push(required(`${field}.terminationGracePeriodSeconds`))
  const { findings, volumes } = validateVolumes(listAt(spec, 'volumes'), `${field}.volumes`, holder)
  const claims = listAt(spec, 'resourceClaims')
  const context: ContainerContext = {
    volumes,
    claims: new Set(claims.map((claim) => stringAt(claim, 'name')).filter((name) => name !== '')),
    os: valueAt(spec, 'os') === undefined ? undefined : stringAt(spec.os, 'name'),
    gracePeriod,
    restartPolicy: stringAt(spec, 'restartPolicy'),
    hostUsers: valueAt(spec, 'hostUsers') !== false,
  }
  const containers = listAt(spec, 'containers')
  const initial = listAt(spec, 'initContainers')
  const debug = listAt(spec, 'ephemeralContainers')
  out.push(...findings, ...validatePodClaims(claims, `${field}.resourceClaims`))
  out.push(...validateContainers(containers, `${field}.containers`, context))
  out.push(...validateInitContainers(initial, containers, `${field}.initContainers`, context))
  const others = [...containers, ...initial]
  out.push(...validateEphemeralContainers(debug, others, `${field}.ephemeralContainers`, context))
  out.push(...validatePodResources(spec, context.claims, field))
  out.push(...validateHostNetworkPorts(spec, field, holder.isPod))
  out.push(...oneOf(spec, 'restartPolicy', RESTART, field))
  out.push(...oneOf(spec, 'dnsPolicy', DNS, field))
  out.push(
    ...validateLabels(objectAt(spec, 'nodeSelector') as Record<string, string> | undefined, `${field}.nodeSelector`),
  )
  out.push(...validatePodSecurity(objectAt(spec, 'securityContext'), spec, `${field}.securityContext`))
  out.push(...validateAffinity(objectAt(spec, 'affinity'), `${field}.affinity`))
  out.push(...validateDnsConfig(spec, `${field}.dnsConfig`), ...validateGates(spec, field))
  out.push(...validateTopologySpread(listAt(spec, 'topologySpreadConstraints'), `${field}.topologySpreadConstraints`))
  out.push(...validateHostProcess(spec, field), ...validateHostUsers(spec, field), ...validateNames(spec, field))
  out.push(...validateTolerations(listAt(spec, 'tolerations'), `${field}.tolerations`))
  out.push(...validateHostAliases(listAt(spec, 'hostAliases'), `${field}.hostAliases`))
  out.push(...optionalName(spec, 'priorityClassName', dnsSubdomainProblems, field))
  const runtime = valueAt(spec, 'runtimeClassName')
  if (runtime !== undefined) {
    out.push(...invalidEach(`${field}.runtimeClassName`, runtime, dnsSubdomainProblems(String(runtime))))
  }
  if (valueAt(spec, 'preemptionPolicy') !== undefined) out.push(...oneOf(spec, 'preemptionPolicy', PREEMPTION, field))
  const overhead = objectAt(spec, 'overhead')
  if (overhead) out.push(...validateContainerResources({ limits: overhead }, `${field}.overhead`, new Set()))
  return [...out, ...validateOs(spec, field), ...validateFileVolumes(spec, field)]
}

function validateOs(spec: JsonObject, field: string): Findings {
  const os = objectAt(spec, 'os')
  if (!os) return []
  const name = stringAt(os, 'name')
  if (name === '') return [required(`${field}.os.name`)]
  if (name === 'linux') return validateLinuxPod(spec, field)
  return name === 'windows' ? validateWindowsPod(spec, field) : [notSupported(`${field}.os`, name, SYSTEMS)]
}

/** Variables from files need a volume of the pod's own. */
function validateFileVolumes(spec: JsonObject, field: string): Findings {
  const out: Findings = []
  const volumes = new Map(listAt(spec, 'volumes').map((volume) => [stringAt(volume, 'name'), volume]))
  for (const [container, path] of eachContainer(spec, field)) {
    listAt(container, 'env').forEach((variable, index) => {
      const ref = objectAt(objectAt(variable, 'valueFrom'), 'fileKeyRef')
      if (!ref) return
      const name = stringAt(ref, 'volumeName')
      const at = `${path}.env[${index}].valueFrom.fileKeyRef.volumeName`
      const volume = volumes.get(name)
      if (!volume) out.push(notFound(at, name))
      else if (!objectAt(volume, 'emptyDir')) out.push(invalid(at, name, 'referenced volume must be of type emptyDir'))
    })
  }
  return out
}

function validateHostUsers(spec: JsonObject, field: string): Findings {
  if (valueAt(spec, 'hostUsers') !== false) return []
  const out: Findings = []
  const text = 'when `hostUsers` is false'
  if (boolAt(spec, 'hostNetwork')) out.push(forbidden(`${field}.hostNetwork`, text))
  if (boolAt(spec, 'hostPID')) out.push(forbidden(`${field}.HostPID`, text))
  if (boolAt(spec, 'hostIPC')) out.push(forbidden(`${field}.HostIPC`, text))
  for (const [container, path] of eachContainer(spec, field)) {
    if (listAt(container, 'volumeDevices').length > 0) out.push(forbidden(`${path}.volumeDevices`, text))
  }
  return out
}

function validateGates(spec: JsonObject, field: string): Findings {
  const out: Findings = []
  listAt(spec, 'readinessGates').forEach((gate, index) => {
    const type = stringAt(gate, 'conditionType')
    out.push(...invalidEach(`${field}.readinessGates[${index}].conditionType`, type, qualifiedNameProblems(type)))
  })
  const gates = listAt(spec, 'schedulingGates').map((gate) => stringAt(gate, 'name'))
  gates.forEach((name, index) => {
    const at = `${field}.schedulingGates[${index}]`
    out.push(...invalidEach(at, name, qualifiedNameProblems(name)))
    if (gates.indexOf(name) < index) out.push(duplicate(at, name))
  })
  return out
}

function oneOf(spec: JsonObject, key: string, allowed: readonly string[], field: string): Findings {
  const value = stringAt(spec, key)
  if (value === '') return [required(`${field}.${key}`)]
  return allowed.includes(value) ? [] : [notSupported(`${field}.${key}`, value, allowed)]
}

function optionalName(spec: JsonObject, key: string, rule: (name: string) => string[], field: string): Findings {
  const name = stringAt(spec, key)
  return name === '' ? [] : invalidEach(`${field}.${key}`, name, rule(name))
}

function validateNames(spec: JsonObject, field: string): Findings {
  const out = [
    ...validateHostname(spec, `${field}.hostnameOverride`),
    ...optionalName(spec, 'serviceAccountName', dnsSubdomainProblems, field),
    ...optionalName(spec, 'nodeName', dnsSubdomainProblems, field),
  ]
  const deadline = numberAt(spec, 'activeDeadlineSeconds')
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    out.push(invalid(`${field}.activeDeadlineSeconds`, deadline, rangeProblem(1, MAX_INT32)))
  }
  out.push(...optionalName(spec, 'hostname', dnsLabelProblems, field))
  out.push(...optionalName(spec, 'subdomain', dnsLabelProblems, field))
  return out
}

function validateHostname(spec: JsonObject, field: string): Findings {
  const name = valueAt(spec, 'hostnameOverride')
  if (name === undefined) return []
  const out: Findings = []
  for (const [key, why] of [
    ['setHostnameAsFQDN', 'setHostnameAsFQDN'],
    ['hostNetwork', 'hostNetwork'],
  ] as const) {
    if (boolAt(spec, key)) out.push(forbidden(field, `may not be specified when ${why} is true`))
  }
  if (Buffer.byteLength(String(name)) > 64) out.push(tooLong(field, 64))
  return [...out, ...invalidEach(field, name, dnsSubdomainProblems(String(name)))]
}

function validateHostAliases(aliases: readonly JsonObject[], field: string): Findings {
  return aliases.flatMap((alias, index) => {
    const at = `${field}[${index}]`
    const out = validateStrictIp(stringAt(alias, 'ip'), `${at}.ip`)
    stringsAt(alias, 'hostnames').forEach((name, i) => {
      out.push(...invalidEach(`${at}.hostnames[${i}]`, name, dnsSubdomainProblems(name)))
    })
    return out
  })
}

function validateDnsConfig(spec: JsonObject, field: string): Findings {
  const out: Findings = []
  const config = objectAt(spec, 'dnsConfig')
  const servers = stringsAt(config, 'nameservers')
  if (stringAt(spec, 'dnsPolicy') === 'None') {
    if (!config) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if (servers.length === 0) {
      return [required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
    }
  }
  if (!config) return out
  const tooManyOf = (key: string, list: readonly string[], text: string): void => {
    out.push(invalid(`${field}.${key}`, list, `must not have more than ${text}`))
  }
  if (servers.length > 3) tooManyOf('nameservers', servers, '3 nameservers')
  servers.forEach((server, index) => {
    out.push(...validateStrictIp(server, `${field}.nameservers[${index}]`))
  })
  const searches = stringsAt(config, 'searches')
  if (searches.length > 32) tooManyOf('searches', searches, '32 search paths')
  if (Buffer.byteLength(searches.join(' ')) > 2048) {
    tooManyOf('searches', searches, '2048 characters (including spaces) in the search list')
  }
  searches.forEach((search, index) => {
    if (search === '.') return
    const name = search.replace(/\.$/, '')
    out.push(...invalidEach(`${field}.searches[${index}]`, name, underscoreSubdomainProblems(name)))
  })
  listAt(config, 'options').forEach((option, index) => {
    if (stringAt(option, 'name') === '') out.push(required(`${field}.options[${index}]`, 'must not be empty'))
  })
  return out
}

/** Checks a new pod beyond its metadata. */
export function validateNewPod(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const out = validatePod(object)
  if (listAt(spec, 'ephemeralContainers').length > 0) {
    out.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'))
  }
  if (stringAt(spec, 'nodeName') !== '' && listAt(spec, 'schedulingGates').length > 0) {
    out.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  }
  return [...out, ...validateMatchingProfiles(object.metadata as unknown as JsonObject, spec, 'spec')]
}

/** Checks a pod beyond its metadata. */
export function validatePod(object: KubeObject): Findings {
  const spec = (object.spec ?? {}) as JsonObject
  const { name: podName = '' } = object.metadata
  const out = validatePodAnnotations(object.metadata as unknown as JsonObject, spec, 'metadata.annotations')
  out.push(...validatePodSpec(spec, 'spec', { isPod: true, podName }))
  if (stringAt(spec, 'serviceAccountName') === '') out.push(...validateNoTokens(spec))
  for (const key of ['containers', 'initContainers']) {
    listAt(spec, key).forEach((container, index) => {
      out.push(...validateImagePadding(container, `spec.${key}[${index}]`))
    })
  }
  return out
}

function validateNoTokens(spec: JsonObject): Findings {
  return listAt(spec, 'volumes').flatMap((volume, i) =>
    listAt(objectAt(volume, 'projected'), 'sources').flatMap((source, j) =>
      objectAt(source, 'serviceAccountToken')
        ? [
            forbidden(
              `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
              'must not be specified when serviceAccountName is not set',
            ),
          ]
        : [],
    ),
  )
}
