import { isIPv6 } from 'node:net'
import { errorText } from '../../base/index.ts'
import { quote, quoteRune, type GoValue } from '../../go/index.ts'
import { checkDate, checkDateTime, checkDuration, checkPeriod, checkTime } from './format-time.ts'
import type { SchemaFormat } from './model.ts'
import { compilePattern } from './pattern.ts'
import { parseUri } from './uri.ts'

type Check = (text: string) => string | undefined

const checks: Readonly<Record<string, Check>> = {
  'json-pointer': checkJsonPointer,
  'relative-json-pointer': checkRelativeJsonPointer,
  uuid: checkUuid,
  duration: checkDuration,
  period: checkPeriod,
  ipv4: checkIpv4,
  ipv6: checkIpv6,
  hostname: checkHostname,
  email: checkEmail,
  date: checkDate,
  time: checkTime,
  'date-time': checkDateTime,
  uri: checkUri,
  iri: checkUri,
  'uri-reference': checkUriReference,
  'iri-reference': checkUriReference,
  'uri-template': checkUriTemplate,
  semver: checkSemver,
  regex: checkRegex,
}

/** The format of a name; undefined for formats that are not checked. Only texts are looked at. */
export function formatNamed(name: string): SchemaFormat | undefined {
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined
  if (!check) return undefined
  return { name, check: (value: GoValue) => (typeof value === 'string' ? check(value) : undefined) }
}

function checkRegex(text: string): string | undefined {
  try {
    compilePattern(text)
    return undefined
  } catch (error) {
    return errorText(error)
  }
}

function checkJsonPointer(text: string): string | undefined {
  if (text === '') return undefined
  if (!text.startsWith('/')) return 'not starting with /'
  return /~(?![01])/.test(text) ? '~ must be followed by 0 or 1' : undefined
}

function checkRelativeJsonPointer(text: string): string | undefined {
  const digits = /^[0-9]*/.exec(text)?.[0] ?? ''
  if (digits === '') return 'must start with non-negative integer'
  if (digits.length > 1 && digits.startsWith('0')) return 'starts with zero'
  const rest = text.slice(digits.length)
  return rest === '#' ? undefined : checkJsonPointer(rest)
}

function checkUuid(text: string): string | undefined {
  const lengths = [8, 4, 4, 4, 12]
  const groups = text.split('-')
  if (groups.length !== lengths.length) return `must have ${lengths.length} elements`
  for (const [index, group] of groups.entries()) {
    if (Buffer.byteLength(group) !== lengths[index])
      return `element ${index + 1} must be ${lengths[index]} characters long`
    const bad = firstRune(group, /[^0-9a-fA-F]/u)
    if (bad) return `non-hex character ${bad}`
  }
  return undefined
}

function checkIpv4(text: string): string | undefined {
  const groups = text.split('.')
  if (groups.length !== 4) return 'expected four decimals'
  for (const group of groups) {
    if (group.length > 1 && group.startsWith('0')) return 'leading zeros'
    if (!/^[+-]?[0-9]+$/.test(group)) return `strconv.Atoi: parsing ${quote(group)}: invalid syntax`
    const number = Number(group)
    if (number < 0 || number > 255) return 'decimal must be between 0 and 255'
  }
  return undefined
}

function checkIpv6(text: string): string | undefined {
  if (!text.includes(':')) return 'missing colon'
  if (!isIPv6(text)) return `ParseAddr(${quote(text)}): unexpected character (at ${quote(text)})`
  return text.includes('%') ? 'zone id is not a part of ipv6 address' : undefined
}

function checkHostname(text: string): string | undefined {
  const host = text.replace(/\.$/, '')
  if (Buffer.byteLength(host) > 253) return 'more than 253 characters long'
  for (const label of host.split('.')) {
    const length = Buffer.byteLength(label)
    if (length < 1 || length > 63) return 'label must be 1 to 63 characters long'
    if (label.startsWith('-')) return 'label starts with hyphen'
    if (label.endsWith('-')) return 'label ends with hyphen'
    const bad = firstRune(label, /[^a-zA-Z0-9-]/u)
    if (bad) return `invalid character ${bad}`
  }
  return undefined
}

function checkEmail(text: string): string | undefined {
  if (Buffer.byteLength(text) > 254) return 'more than 255 characters long'
  const at = text.lastIndexOf('@')
  if (at < 0) return 'missing @'
  const local = text.slice(0, at)
  if (Buffer.byteLength(local) > 64) return 'local part more than 64 characters long'
  const problem = local.length > 1 && local.startsWith('"') ? checkQuotedLocal(local) : checkPlainLocal(local)
  return problem ?? checkEmailDomain(text.slice(at + 1))
}

function checkQuotedLocal(local: string): string | undefined {
  return /[\\"]/.test(local.slice(1, -1)) ? 'backslash and quote are not allowed within quoted local part' : undefined
}

function checkPlainLocal(local: string): string | undefined {
  if (local.startsWith('.')) return 'starts with dot'
  if (local.endsWith('.')) return 'ends with dot'
  if (local.includes('..')) return 'consecutive dots'
  const bad = firstRune(local, /[^a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~]/u)
  return bad ? `invalid character ${bad}` : undefined
}

function checkEmailDomain(domain: string): string | undefined {
  if (domain.startsWith('[') && domain.endsWith(']')) {
    const address = domain.slice(1, -1)
    if (address.startsWith('IPv6:')) return prefixed('invalid ipv6 address', checkIpv6(address.slice(5)))
    return prefixed('invalid ipv4 address', checkIpv4(address))
  }
  return prefixed('invalid domain', checkHostname(domain))
}

function checkUri(text: string): string | undefined {
  const uri = parseUri(text)
  if ('problem' in uri) return uri.problem
  return uri.scheme === '' ? 'relative url' : addressProblem(uri.host)
}

function checkUriReference(text: string): string | undefined {
  if (text.includes('\\')) return 'contains \\'
  const uri = parseUri(text)
  return 'problem' in uri ? uri.problem : addressProblem(uri.host)
}

function checkUriTemplate(text: string): string | undefined {
  const uri = parseUri(text)
  if ('problem' in uri) return uri.problem
  for (const token of uri.rawPath.split('/')) {
    let open = false
    for (const char of decodeURIComponent(token)) {
      if (char !== '{' && char !== '}') continue
      if ((char === '{') === open) return 'nested curly braces'
      open = !open
    }
    if (open) return 'no matching closing brace'
  }
  return undefined
}

function addressProblem(host: string): string | undefined {
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d*$/, '')
  if (!name.includes(':')) return undefined
  if (!host.includes('[')) return 'ipv6 address not enclosed in brackets'
  return prefixed('invalid ipv6 address', checkIpv6(name))
}

function checkSemver(text: string): string | undefined {
  let version = text
  const plus = version.indexOf('+')
  if (plus >= 0) {
    const problem = checkBuild(version.slice(plus + 1))
    if (problem) return problem
    version = version.slice(0, plus)
  }
  const hyphen = version.indexOf('-')
  if (hyphen >= 0) {
    const problem = checkPreRelease(version.slice(hyphen + 1))
    if (problem) return problem
    version = version.slice(0, hyphen)
  }
  const numbers = version.split('.')
  if (numbers.length !== 3) return 'versionCore must have 3 numbers separated by dot'
  for (const [index, number] of numbers.entries()) {
    const name = ['major', 'minor', 'patch'][index]
    if (number === '') return `${name} is empty`
    if (number.length > 1 && number.startsWith('0')) return `${name} starts with zero`
    if (!/^[0-9]+$/.test(number)) return `${name} contains non-digit`
  }
  return undefined
}

function checkBuild(build: string): string | undefined {
  if (build === '') return 'build is empty'
  for (const id of build.split('.')) {
    if (id === '') return 'build identifier is empty'
    const bad = firstRune(id, /[^0-9a-zA-Z-]/u)
    if (bad) return `invalid character ${bad} in build identifier`
  }
  return undefined
}

function checkPreRelease(preRelease: string): string | undefined {
  for (const id of preRelease.split('.')) {
    if (id === '') return 'pre-release identifier is empty'
    const bad = firstRune(id, /[^0-9a-zA-Z-]/u)
    if (bad) return `invalid character ${bad} in pre-release identifier`
    if (/^0[0-9]+$/.test(id)) return 'pre-release numeric identifier starts with zero'
  }
  return undefined
}

/** The first rune that the expression finds, quoted as Go quotes runes. */
function firstRune(text: string, bad: RegExp): string | undefined {
  const rune = bad.exec(text)?.[0]
  return rune === undefined ? undefined : quoteRune(rune.codePointAt(0) ?? 0)
}

function prefixed(prefix: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${prefix}: ${problem}`
}
