import { boolAt, type JsonObject, listAt, numberAt, objectAt, stringAt, stringsAt } from '../../../../api/index.ts'
import {
  containersOf,
  containersText,
  counted,
  namesWhere,
  type PodView,
  quoted,
  securityOf,
  settersText,
  sortedSet,
  type Violation,
} from './pod-view.ts'

/** One check as one release of the standards had it. */
export type Check = (pod: PodView, minor: number) => Violation | undefined

/** Whether the pod has users of its own, for which some checks are looser. */
export function hasOwnUsers(pod: PodView): boolean {
  return pod.spec.hostUsers === false
}

const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'

/** Settings of one kind, of the pod and of its containers, of which some are bad. */
function badSettings(
  pod: PodView,
  key: string,
  isBad: (setting: JsonObject) => boolean,
): { pod: boolean; names: string[] } {
  const check = (holder: JsonObject): boolean => {
    const setting = objectAt(securityOf(holder), key)
    return setting !== undefined && isBad(setting)
  }
  return { pod: check(pod.spec), names: namesWhere(pod, check) }
}

const appArmorProfile: Check = (pod) => {
  const values: string[] = []
  const found = badSettings(pod, 'appArmorProfile', (profile) => {
    const type = stringAt(profile, 'type')
    if (type === 'RuntimeDefault' || type === 'Localhost') return false
    values.push(type)
    return true
  })
  const annotations = Object.entries(pod.annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR) && !/^$|^runtime\/default$|^localhost\//.test(value))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort()
  const setters = [
    ...(found.pod || found.names.length > 0 ? [settersText(found.pod, found.names)] : []),
    ...(annotations.length > 0 ? [counted(annotations.length, 'annotation', 'annotations')] : []),
  ]
  if (setters.length === 0) return undefined
  const all = [...sortedSet(values), ...annotations]
  return {
    reason: counted(all.length, 'forbidden AppArmor profile', 'forbidden AppArmor profiles'),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(all)}`,
  }
}

const DEFAULT_CAPABILITIES = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
)

const capabilities: Check = (pod) => {
  const added: string[] = []
  const names = namesWhere(pod, (container) => {
    const all = stringsAt(objectAt(securityOf(container), 'capabilities'), 'add')
    const bad = all.filter((capability) => !DEFAULT_CAPABILITIES.has(capability))
    added.push(...bad)
    return bad.length > 0
  })
  if (names.length === 0) return undefined
  const detail = `${containersText(names)} must not include ${quoted(sortedSet(added))} in securityContext.capabilities.add`
  return { reason: 'non-default capabilities', detail }
}

const hostNamespaces: Check = ({ spec }) => {
  const found = ['hostNetwork', 'hostPID', 'hostIPC'].filter((key) => boolAt(spec, key)).map((key) => `${key}=true`)
  return found.length === 0 ? undefined : { reason: 'host namespaces', detail: found.join(', ') }
}

const hostPathVolumes: Check = ({ spec }) => {
  const names = listAt(spec, 'volumes')
    .filter((volume) => objectAt(volume, 'hostPath') !== undefined)
    .map((volume) => stringAt(volume, 'name'))
  if (names.length === 0) return undefined
  return { reason: 'hostPath volumes', detail: `${counted(names.length, 'volume', 'volumes')} ${quoted(names)}` }
}

const hostPorts: Check = (pod) => {
  const ports: string[] = []
  const names = namesWhere(pod, (container) => {
    const own = listAt(container, 'ports').map((port) => numberAt(port, 'hostPort') ?? 0)
    const used = own.filter((port) => port !== 0)
    ports.push(...used.map(String))
    return used.length > 0
  })
  if (names.length === 0) return undefined
  const all = sortedSet(ports)
  const uses = `${counted(names.length, 'uses', 'use')} ${counted(all.length, 'hostPort', 'hostPorts')}`
  return { reason: 'hostPort', detail: `${containersText(names)} ${uses} ${all.join(', ')}` }
}

const hostProbes: Check = (pod) => {
  const hosts: string[] = []
  const names = namesWhere(pod, (container) => {
    const lifecycle = objectAt(container, 'lifecycle')
    const handlers = [
      ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((key) => objectAt(container, key)),
      ...['postStart', 'preStop'].map((key) => objectAt(lifecycle, key)),
    ]
    const own = handlers.flatMap((handler) =>
      ['httpGet', 'tcpSocket'].map((key) => stringAt(objectAt(handler, key), 'host')),
    )
    const used = own.filter((host) => host !== '')
    hosts.push(...used)
    return used.length > 0
  })
  if (names.length === 0) return undefined
  const [who, what] = [sortedSet(names), sortedSet(hosts)]
  const uses = `${counted(who.length, 'uses', 'use')} ${counted(what.length, 'probe or lifecycle host', 'probe or lifecycle hosts')}`
  return { reason: 'probe or lifecycle host', detail: `${containersText(who)} ${uses} ${quoted(what)}` }
}

const privileged: Check = (pod) => {
  const names = namesWhere(pod, (container) => boolAt(securityOf(container), 'privileged'))
  if (names.length === 0) return undefined
  return { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` }
}

/** Containers that see more of /proc than usual. */
export const procMount: Check = (pod) => {
  const values: string[] = []
  const names = namesWhere(pod, (container) => {
    const value = stringAt(securityOf(container), 'procMount')
    if (value === '' || value === 'Default') return false
    values.push(value)
    return true
  })
  if (names.length === 0) return undefined
  const detail = `${containersText(names)} must not set securityContext.procMount to ${quoted(sortedSet(values))}`
  return { reason: 'procMount', detail }
}

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t']

const seLinuxOptions: Check = (pod, minor) => {
  const allowed = minor >= 31 ? [...SELINUX_TYPES, 'container_engine_t'] : SELINUX_TYPES
  const types: string[] = []
  let [user, role] = [false, false]
  const found = badSettings(pod, 'seLinuxOptions', (options) => {
    const type = stringAt(options, 'type')
    const isBadType = !allowed.includes(type)
    if (isBadType) types.push(type)
    const [hasUser, hasRole] = [stringAt(options, 'user') !== '', stringAt(options, 'role') !== '']
    user ||= hasUser
    role ||= hasRole
    return isBadType || hasUser || hasRole
  })
  if (!found.pod && found.names.length === 0) return undefined
  const all = sortedSet(types)
  const bad = [
    ...(all.length > 0 ? [`${counted(all.length, 'type', 'types')} ${quoted(all)}`] : []),
    ...(user ? ['user may not be set'] : []),
    ...(role ? ['role may not be set'] : []),
  ]
  const setters = settersText(found.pod, found.names)
  return {
    reason: 'seLinuxOptions',
    detail: `${setters} set forbidden securityContext.seLinuxOptions: ${bad.join('; ')}`,
  }
}

const isGoodSeccomp = (type: string): boolean => type === 'Localhost' || type === 'RuntimeDefault'

/** Who sets a bad seccomp profile, and which. */
export function badSeccomp(pod: PodView): Violation | undefined {
  const values: string[] = []
  const found = badSettings(pod, 'seccompProfile', (profile) => {
    const type = stringAt(profile, 'type')
    if (!isGoodSeccomp(type)) values.push(type)
    return !isGoodSeccomp(type)
  })
  if (!found.pod && found.names.length === 0) return undefined
  const setters = settersText(found.pod, found.names)
  const detail = `${setters} must not set securityContext.seccompProfile.type to ${quoted(sortedSet(values))}`
  return { reason: 'seccompProfile', detail }
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'

const seccompProfile: Check = (pod, minor) => {
  if (minor >= 19) return badSeccomp(pod)
  const keys = [SECCOMP_POD, ...containersOf(pod).map((container) => SECCOMP_CONTAINER + stringAt(container, 'name'))]
  const bad = keys.flatMap((key) => {
    const value = pod.annotations[key]
    const isGood = value === undefined || /^(runtime|docker)\/default$|^localhost\//.test(value)
    return isGood ? [] : [`${key}=${JSON.stringify(value)}`]
  })
  if (bad.length === 0) return undefined
  const all = sortedSet(bad)
  return {
    reason: 'seccompProfile',
    detail: `forbidden ${counted(all.length, 'annotation', 'annotations')} ${all.join(', ')}`,
  }
}

const SYSCTLS: readonly (readonly [minor: number, names: string])[] = [
  [
    0,
    'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_unprivileged_port_start',
  ],
  [27, 'net.ipv4.ip_local_reserved_ports'],
  [
    29,
    'net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes',
  ],
  [32, 'net.ipv4.tcp_rmem net.ipv4.tcp_wmem'],
]

const sysctls: Check = (pod, minor) => {
  const allowed = SYSCTLS.flatMap(([since, names]) => (minor >= since ? names.split(' ') : []))
  const set = listAt(securityOf(pod.spec), 'sysctls').map((sysctl) => stringAt(sysctl, 'name'))
  const bad = set.filter((name) => !allowed.includes(name))
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
}

const windowsHostProcess: Check = (pod) => {
  const found = badSettings(pod, 'windowsOptions', (options) => boolAt(options, 'hostProcess'))
  if (!found.pod && found.names.length === 0) return undefined
  const setters = settersText(found.pod, found.names)
  return { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` }
}

/** The checks of the baseline level in the order of their names, with the release that brought them. */
export const BASELINE: readonly { readonly id: string; readonly since: number; readonly check: Check }[] = [
  { id: 'appArmorProfile', since: 0, check: appArmorProfile },
  { id: 'capabilities_baseline', since: 0, check: capabilities },
  { id: 'hostNamespaces', since: 0, check: hostNamespaces },
  { id: 'hostPathVolumes', since: 0, check: hostPathVolumes },
  { id: 'hostPorts', since: 0, check: hostPorts },
  { id: 'hostProbesAndHostLifecycle', since: 34, check: hostProbes },
  { id: 'privileged', since: 0, check: privileged },
  {
    id: 'procMount',
    since: 0,
    check: (pod, minor) => (minor >= 35 && hasOwnUsers(pod) ? undefined : procMount(pod, minor)),
  },
  { id: 'seLinuxOptions', since: 0, check: seLinuxOptions },
  { id: 'seccompProfile_baseline', since: 0, check: seccompProfile },
  { id: 'sysctls', since: 0, check: sysctls },
  { id: 'windowsHostProcess', since: 0, check: windowsHostProcess },
]
