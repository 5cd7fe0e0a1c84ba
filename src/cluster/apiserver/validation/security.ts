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
import { duplicate, type Findings, invalid, notSupported, required, tooLong } from './findings.ts'
import { validateDescendingPath } from './volume-paths.ts'
import { validateWindowsOptions } from './windows.ts'

const MAX_ID = 2 ** 31 - 1
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined']
const PROC_MOUNTS = ['Default', 'Unmasked']

function validateId(id: number | undefined, field: string): Findings {
  return id !== undefined && (id < 0 || id > MAX_ID) ? [invalid(field, id, rangeProblem(0, MAX_ID))] : []
}

function validateSeccomp(profile: JsonObject | undefined, field: string): Findings {
  if (!profile) return []
  const type = stringAt(profile, 'type')
  const local = valueAt(profile, 'localhostProfile')
  const out: Findings = []
  if (type === '') out.push(required(`${field}.type`, 'type is required when seccompProfile is set'))
  else if (!PROFILE_TYPES.includes(type)) out.push(notSupported(`${field}.type`, type, PROFILE_TYPES))
  const at = `${field}.localhostProfile`
  if (type !== 'Localhost') {
    if (local === undefined) return out
    const printed = { Type: type, LocalhostProfile: local }
    return [...out, invalid(at, printed, 'can only be set when seccomp type is Localhost')]
  }
  if (local === undefined) return [...out, required(at, 'must be set when seccomp type is Localhost')]
  return [...out, ...validateDescendingPath(String(local), at)]
}

const PROFILE_LIMIT = 4095

/** Checks an AppArmor profile. */
export function validateAppArmor(profile: JsonObject | undefined, field: string): Findings {
  if (!profile) return []
  const type = stringAt(profile, 'type')
  const local = valueAt(profile, 'localhostProfile')
  const at = `${field}.localhostProfile`
  if (type === '') return [required(`${field}.type`, 'type is required when appArmorProfile is set')]
  if (!PROFILE_TYPES.includes(type)) return [notSupported(`${field}.type`, type, PROFILE_TYPES)]
  if (type !== 'Localhost') {
    return local === undefined ? [] : [invalid(at, local, 'can only be set when AppArmor type is Localhost')]
  }
  const missing = required(at, 'must be set when AppArmor type is Localhost')
  if (local === undefined) return [missing]
  const text = String(local)
  const out: Findings = []
  if (text !== text.trim()) out.push(invalid(at, text, 'must not be padded with whitespace'))
  else if (text === '') out.push(missing)
  if (Buffer.byteLength(text) > PROFILE_LIMIT) out.push(tooLong(at, PROFILE_LIMIT))
  return out
}

/** Checks the security settings of a container. */
export function validateContainerSecurity(
  context: JsonObject | undefined,
  field: string,
  hostUsers: boolean,
): Findings {
  if (!context) return []
  const out = [
    ...validateId(numberAt(context, 'runAsUser'), `${field}.runAsUser`),
    ...validateId(numberAt(context, 'runAsGroup'), `${field}.runAsGroup`),
  ]
  const mount = valueAt(context, 'procMount')
  if (mount !== undefined && !PROC_MOUNTS.includes(String(mount))) {
    out.push(notSupported(`${field}.procMount`, mount, PROC_MOUNTS))
  }
  if (hostUsers && mount === 'Unmasked') {
    out.push(invalid(`${field}.procMount`, mount, '`hostUsers` must be false to use `Unmasked`'))
  }
  out.push(...validateSeccomp(objectAt(context, 'seccompProfile'), `${field}.seccompProfile`))
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
  out.push(...validateWindowsOptions(objectAt(context, 'windowsOptions'), `${field}.windowsOptions`))
  out.push(...validateAppArmor(objectAt(context, 'appArmorProfile'), `${field}.appArmorProfile`))
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
    else if (seen.has(name)) out.push(duplicate(at, name))
    out.push(...validateHostSysctl(name, spec, at))
    seen.add(name)
  })
  const policy = valueAt(context, 'fsGroupChangePolicy')
  if (policy !== undefined && !GROUP_POLICIES.includes(String(policy))) {
    out.push(notSupported(`${field}.fsGroupChangePolicy`, policy, GROUP_POLICIES))
  }
  out.push(...validateSeccomp(objectAt(context, 'seccompProfile'), `${field}.seccompProfile`))
  out.push(...validateWindowsOptions(objectAt(context, 'windowsOptions'), `${field}.windowsOptions`))
  out.push(...validateAppArmor(objectAt(context, 'appArmorProfile'), `${field}.appArmorProfile`))
  out.push(...oneOf(context, 'supplementalGroupsPolicy', ['Merge', 'Strict'], field))
  out.push(...oneOf(context, 'seLinuxChangePolicy', ['Recursive'], field))
  return out
}

function oneOf(context: JsonObject, key: string, allowed: readonly string[], field: string): Findings {
  const value = valueAt(context, key)
  return value === undefined || allowed.includes(String(value)) ? [] : [notSupported(`${field}.${key}`, value, allowed)]
}

const IPC_SYSCTL = /^(kernel\.(shm|msg)|kernel\.sem$|fs\.mqueue\.)/

/** Parameters of a namespace that the pod shares with its host may not be set. */
function validateHostSysctl(name: string, spec: JsonObject, field: string): Findings {
  const plain = name.replaceAll('/', '.')
  if (boolAt(spec, 'hostNetwork') && plain.startsWith('net.')) {
    return [invalid(field, name, "may not be specified when 'hostNetwork' is true")]
  }
  if (boolAt(spec, 'hostIPC') && IPC_SYSCTL.test(plain)) {
    return [invalid(field, name, "may not be specified when 'hostIPC' is true")]
  }
  return []
}

const SYSCTL_TEXT =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'

/** Host ports of pods on the host's network are the container's own; in templates they may be left out. */
export function validateHostNetworkPorts(spec: JsonObject, field: string, isPod: boolean): Findings {
  if (!boolAt(spec, 'hostNetwork')) return []
  return listAt(spec, 'containers').flatMap((container, i) =>
    listAt(container, 'ports').flatMap((port, j) => {
      const hostPort = numberAt(port, 'hostPort') ?? 0
      const own = numberAt(port, 'containerPort') ?? 0
      if (hostPort === own || (hostPort === 0 && !isPod)) return []
      const at = `${field}.containers[${i}].ports[${j}].hostPort`
      return [invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
    }),
  )
}
