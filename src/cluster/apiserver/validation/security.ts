import {
  boolAt,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  rangeProblem,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'
import { printGoStruct } from './go-print.ts'
import { type Findings, invalid, notSupported, required } from './findings.ts'

const MAX_ID = 2 ** 31 - 1
const SECCOMP_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined']
const PROC_MOUNTS = ['Default', 'Unmasked']

function validateId(id: number | undefined, field: string): Findings {
  return id !== undefined && (id < 0 || id > MAX_ID) ? [invalid(field, id, rangeProblem(0, MAX_ID))] : []
}

function validateProfile(profile: JsonObject | undefined, field: string): Findings {
  if (!profile) return []
  const type = stringAt(profile, 'type')
  const local = valueAt(profile, 'localhostProfile')
  if (type === '') return [required(`${field}.type`, 'type is required when seccompProfile is set')]
  if (type === 'Localhost') {
    if (local === undefined) {
      return [required(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost')]
    }
    const path = String(local)
    if (path.startsWith('/')) return [invalid(`${field}.localhostProfile`, path, 'must be a relative path')]
    return path.split('/').includes('..') ? [invalid(`${field}.localhostProfile`, path, "must not contain '..'")] : []
  }
  const out: Findings = []
  if (local !== undefined) {
    out.push(invalid(`${field}.localhostProfile`, local, 'can only be set when seccomp type is Localhost'))
  }
  if (!SECCOMP_TYPES.includes(type)) out.push(notSupported(`${field}.type`, type, SECCOMP_TYPES))
  return out
}

/** Checks the security settings of a container. */
export function validateContainerSecurity(context: JsonObject | undefined, field: string): Findings {
  if (!context) return []
  const out = [
    ...validateId(numberAt(context, 'runAsUser'), `${field}.runAsUser`),
    ...validateId(numberAt(context, 'runAsGroup'), `${field}.runAsGroup`),
  ]
  const mount = stringAt(context, 'procMount')
  if (mount !== '' && !PROC_MOUNTS.includes(mount)) out.push(notSupported(`${field}.procMount`, mount, PROC_MOUNTS))
  out.push(...validateProfile(objectAt(context, 'seccompProfile'), `${field}.seccompProfile`))
  if (valueAt(context, 'allowPrivilegeEscalation') === false) {
    if (boolAt(context, 'privileged')) {
      out.push(
        invalid(
          field,
          printGoStruct('SecurityContext', context),
          'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
        ),
      )
    }
    if (stringsAt(objectAt(context, 'capabilities'), 'add').includes('CAP_SYS_ADMIN')) {
      out.push(
        invalid(
          field,
          printGoStruct('SecurityContext', context),
          'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
        ),
      )
    }
  }
  return out
}

const GROUP_POLICIES = ['Always', 'OnRootMismatch']
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/

/** Checks the security settings of a pod. */
export function validatePodSecurity(context: JsonObject | undefined, spec: JsonObject, field: string): Findings {
  if (!context) return []
  const out = validateId(numberAt(context, 'fsGroup'), `${field}.fsGroup`)
  out.push(...validateId(numberAt(context, 'runAsUser'), `${field}.runAsUser`))
  out.push(...validateId(numberAt(context, 'runAsGroup'), `${field}.runAsGroup`))
  const groups = valueAt(context, 'supplementalGroups')
  if (Array.isArray(groups)) {
    groups.forEach((group, index) => {
      out.push(...validateId(Number(group), `${field}.supplementalGroups[${index}]`))
    })
  }
  if (boolAt(spec, 'shareProcessNamespace') && boolAt(spec, 'hostPID')) {
    out.push(
      invalid(`${field}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'),
    )
  }
  const seen = new Set<string>()
  listAt(context, 'sysctls').forEach((sysctl, index) => {
    const name = stringAt(sysctl, 'name')
    const at = `${field}.sysctls[${index}].name`
    if (name === '') out.push(required(at))
    else if (name.length > 253 || !SYSCTL.test(name)) out.push(invalid(at, name, SYSCTL_TEXT))
    else if (seen.has(name)) out.push({ type: 'Duplicate', field: at, detail: '', value: name })
    seen.add(name)
  })
  const policy = valueAt(context, 'fsGroupChangePolicy')
  if (policy !== undefined && !GROUP_POLICIES.includes(String(policy))) {
    out.push(notSupported(`${field}.fsGroupChangePolicy`, policy, GROUP_POLICIES))
  }
  out.push(...validateProfile(objectAt(context, 'seccompProfile'), `${field}.seccompProfile`))
  return out
}

const SYSCTL_TEXT =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'

/** Host ports of pods on the host's network are the container's own. */
export function validateHostNetworkPorts(spec: JsonObject, field: string): Findings {
  if (!boolAt(spec, 'hostNetwork')) return []
  return ['containers', 'initContainers'].flatMap((key) =>
    listAt(spec, key).flatMap((container, i) =>
      listAt(container, 'ports').flatMap((port, j) => {
        const hostPort = numberAt(port, 'hostPort') ?? 0
        const own = numberAt(port, 'containerPort') ?? 0
        // In templates the port may be left out: it is filled in when the pod is created.
        if (hostPort === own || hostPort === 0) return []
        const at = `${field}.${key}[${i}].ports[${j}].containerPort`
        return [invalid(at, own, 'must match `hostPort` when `hostNetwork` is true')]
      }),
    ),
  )
}
