import { boolAt, dnsSubdomainProblems, type JsonObject, listAt, objectAt, valueAt } from '../../../api/index.ts'
import { type Findings, forbidden, invalid, invalidEach } from './findings.ts'

const SPEC_LIMIT = 64 * 1024
const DOMAIN_LIMIT = 256
const USER_LIMIT = 104
const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const DNS_DOMAIN = /^[0-9A-Za-z\-.]+$/
/** Tells control characters, which no text of a name may have. */
const CONTROL = /\p{Cc}/u

/** Checks the settings of Windows containers. */
export function validateWindowsOptions(options: JsonObject | undefined, field: string): Findings {
  if (!options) return []
  const out: Findings = []
  const name = valueAt(options, 'gmsaCredentialSpecName')
  if (name !== undefined) {
    out.push(...invalidEach(`${field}.gmsaCredentialSpecName`, name, dnsSubdomainProblems(String(name))))
  }
  const spec = valueAt(options, 'gmsaCredentialSpec')
  if (spec !== undefined) {
    const at = `${field}.gmsaCredentialSpec`
    if (spec === '') out.push(invalid(at, spec, 'gmsaCredentialSpec cannot be an empty string'))
    else if (Buffer.byteLength(String(spec)) > SPEC_LIMIT) {
      out.push(invalid(at, spec, 'gmsaCredentialSpec size must be under 64 KiB'))
    }
  }
  const user = valueAt(options, 'runAsUserName')
  if (user !== undefined) out.push(...invalidEach(`${field}.runAsUserName`, user, userProblems(String(user))))
  return out
}

function userProblems(text: string): string[] {
  const subject = 'runAsUserName'
  if (text === '') return [`${subject} cannot be an empty string`]
  if (CONTROL.test(text)) return [`${subject} cannot contain control characters`]
  const parts = text.split('\\')
  if (parts.length > 2) return [`${subject} cannot contain more than one backslash`]
  const user = parts[parts.length - 1] ?? ''
  const domain = parts.length === 2 ? parts[0] : undefined
  const out: string[] = []
  if (domain !== undefined) {
    if (Buffer.byteLength(domain) >= DOMAIN_LIMIT) {
      out.push(`${subject}'s Domain length must be under ${DOMAIN_LIMIT} characters`)
    }
    if (!NETBIOS.test(domain) && !DNS_DOMAIN.test(domain)) {
      out.push(`${subject}'s Domain doesn't match the NetBios nor the DNS format`)
    }
  }
  if (user === '') out.push(`${subject}'s User cannot be empty`)
  else if (Buffer.byteLength(user) > USER_LIMIT) {
    out.push(`${subject}'s User length must not be longer than ${USER_LIMIT} characters`)
  }
  if (/^[. ]+$/.test(user)) out.push(`${subject}'s User cannot contain only periods or spaces`)
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    out.push(`${subject}'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`)
  }
  return out
}

/** Each container of a pod with its path. */
export function eachContainer(spec: JsonObject, field: string): (readonly [container: JsonObject, path: string])[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) =>
    listAt(spec, key).map((container, index) => [container, `${field}.${key}[${index}]`] as const),
  )
}

/** Host-process containers: all of a pod or none, and on the host's network. */
export function validateHostProcess(spec: JsonObject, field: string): Findings {
  const out: Findings = []
  const setting = (holder: JsonObject): boolean | undefined => {
    const value = valueAt(objectAt(objectAt(holder, 'securityContext'), 'windowsOptions'), 'hostProcess')
    return typeof value === 'boolean' ? value : undefined
  }
  const ofPod = setting(spec)
  const containers = eachContainer(spec, field)
  let count = 0
  for (const [container, path] of containers) {
    const own = setting(container)
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const text = `pod hostProcess value must be identical if both are specified, was ${ofPod}`
      out.push(invalid(`${path}.securityContext.windowsOptions.hostProcess`, own, text))
    }
    if (own ?? ofPod) count++
  }
  if (count === 0) return out
  if (count !== containers.length) {
    const text = 'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    out.push(invalid(field, '', text))
  }
  if (!boolAt(spec, 'hostNetwork')) {
    out.push(
      invalid(`${field}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers'),
    )
  }
  return out
}

/** Pods of Linux have no settings of Windows. */
export function validateLinuxPod(spec: JsonObject, field: string): Findings {
  const holders = [[spec, field] as const, ...eachContainer(spec, field)]
  return holders
    .filter(([holder]) => objectAt(objectAt(holder, 'securityContext'), 'windowsOptions'))
    .map(([, path]) =>
      forbidden(`${path}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod'),
    )
}

/** Settings of a pod that Windows does not know; those with a dot in front stand in the security context. */
const POD_SETTINGS = [
  '.appArmorProfile',
  '.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  '.seccompProfile',
  '.fsGroup',
  '.fsGroupChangePolicy',
  '.sysctls',
  'shareProcessNamespace',
  '.runAsUser',
  '.runAsGroup',
  '.supplementalGroups',
  '.supplementalGroupsPolicy',
  '.seLinuxChangePolicy',
]

const CONTAINER_SETTINGS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]

/** Pods of Windows have no settings of Linux. */
export function validateWindowsPod(spec: JsonObject, field: string): Findings {
  const out: Findings = []
  const text = 'cannot be set for a windows pod'
  const context = objectAt(spec, 'securityContext')
  for (const setting of POD_SETTINGS) {
    const inContext = setting.startsWith('.')
    const value = inContext ? valueAt(context, setting.slice(1)) : valueAt(spec, setting)
    if (value === undefined || ((setting === 'hostPID' || setting === 'hostIPC') && value === false)) continue
    out.push(forbidden(`${field}${inContext ? '.securityContext' : '.'}${setting}`, text))
  }
  for (const [container, path] of eachContainer(spec, field)) {
    const own = objectAt(container, 'securityContext')
    for (const key of CONTAINER_SETTINGS) {
      if (valueAt(own, key) !== undefined) out.push(forbidden(`${path}.securityContext.${key}`, text))
    }
  }
  return out
}
