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
} from '../../../api/index.ts'
import { type ContainerContext, validateContainer, validateContainers, validateInitContainers } from './container.ts'
import { duplicate, type Findings, invalid, invalidEach, notSupported, required, tooMany } from './findings.ts'
import { validateIp } from './ip.ts'
import { validateAnnotations, validateLabels } from './metadata.ts'
import { validateAffinity, validateTolerations, validateTopologySpread } from './scheduling.ts'
import { validateHostNetworkPorts, validatePodSecurity } from './security.ts'
import { validateVolumes } from './volume.ts'

const RESTART = ['Always', 'OnFailure', 'Never']
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const PREEMPTION = ['Never', 'PreemptLowerPriority']
const MAX_INT32 = 2 ** 31 - 1

/** Checks a pod template: its labels, annotations and spec. */
export function validatePodTemplate(template: JsonObject | undefined, field: string): Findings {
  return [
    ...validatePodTemplateMetadata(template, field),
    ...validatePodSpec(objectAt(template, 'spec') ?? {}, `${field}.spec`),
  ]
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
  ]
}

/** Checks the spec of a pod. As Kubernetes' ValidatePodSpec. */
export function validatePodSpec(spec: JsonObject, field: string): Findings {
  const { findings: out, names: volumes } = validateVolumes(listAt(spec, 'volumes'), `${field}.volumes`)
  const context: ContainerContext = { volumes, hostNetwork: boolAt(spec, 'hostNetwork') }
  const containers = listAt(spec, 'containers')
  out.push(...validateContainers(containers, `${field}.containers`, context))
  out.push(...validateInitContainers(listAt(spec, 'initContainers'), containers, `${field}.initContainers`, context))
  listAt(spec, 'ephemeralContainers').forEach((container, index) => {
    out.push(...validateContainer(container, `${field}.ephemeralContainers[${index}]`, context))
  })
  out.push(...validateHostNetworkPorts(spec, field))
  out.push(...oneOf(spec, 'restartPolicy', RESTART, field))
  out.push(...oneOf(spec, 'dnsPolicy', DNS, field))
  out.push(
    ...validateLabels(objectAt(spec, 'nodeSelector') as Record<string, string> | undefined, `${field}.nodeSelector`),
  )
  out.push(...validatePodSecurity(objectAt(spec, 'securityContext'), spec, `${field}.securityContext`))
  out.push(...validateAffinity(objectAt(spec, 'affinity'), `${field}.affinity`))
  out.push(...validateDnsConfig(spec, `${field}.dnsConfig`))
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
  out.push(...validateTopologySpread(listAt(spec, 'topologySpreadConstraints'), `${field}.topologySpreadConstraints`))
  out.push(...validateNames(spec, field))
  out.push(...validateTolerations(listAt(spec, 'tolerations'), `${field}.tolerations`))
  out.push(...validateHostAliases(listAt(spec, 'hostAliases'), `${field}.hostAliases`))
  out.push(...optionalName(spec, 'priorityClassName', dnsSubdomainProblems, field))
  out.push(...optionalName(spec, 'runtimeClassName', dnsSubdomainProblems, field))
  const preemption = stringAt(spec, 'preemptionPolicy')
  if (preemption !== '' && !PREEMPTION.includes(preemption)) {
    out.push(notSupported(`${field}.preemptionPolicy`, preemption, PREEMPTION))
  }
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

function validateHostAliases(aliases: readonly JsonObject[], field: string): Findings {
  return aliases.flatMap((alias, index) => {
    const at = `${field}[${index}]`
    const out = validateIp(stringAt(alias, 'ip'), `${at}.ip`)
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
  if (servers.length > 3) out.push(tooMany(`${field}.nameservers`, servers.length, 3))
  servers.forEach((server, index) => {
    out.push(...validateIp(server, `${field}.nameservers[${index}]`))
  })
  const searches = stringsAt(config, 'searches')
  if (searches.length > 32) out.push(tooMany(`${field}.searches`, searches.length, 32))
  searches.forEach((search, index) => {
    const name = search === '.' ? 'a' : search.replace(/\.$/, '').replaceAll('_', '-')
    out.push(...invalidEach(`${field}.searches[${index}]`, search, dnsSubdomainProblems(name)))
  })
  listAt(config, 'options').forEach((option, index) => {
    if (stringAt(option, 'name') === '') out.push(required(`${field}.options[${index}]`, 'must not be empty'))
  })
  return out
}

/** Checks a pod beyond its metadata. */
export function validatePod(object: KubeObject): Findings {
  return validatePodSpec((object.spec ?? {}) as JsonObject, 'spec')
}
