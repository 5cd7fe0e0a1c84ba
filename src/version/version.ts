import { errorText } from '../base/index.ts'
import { byteLength, compareStrings, parseUnsigned } from '../go/index.ts'
import { invalidVersion } from './errors.ts'

const MAX_LENGTH = 256
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn

/** A semantic version. Numbers are unsigned 64-bit integers. */
export class Version {
  readonly major: bigint
  readonly minor: bigint
  readonly patch: bigint
  readonly prerelease: string
  readonly metadata: string
  /** The text that was parsed, with its `v` and its missing parts. */
  readonly original: string

  constructor(parts: {
    readonly major: bigint
    readonly minor: bigint
    readonly patch: bigint
    readonly prerelease?: string
    readonly metadata?: string
    /** Absent: the canonical text. */
    readonly original?: string
  }) {
    this.major = parts.major
    this.minor = parts.minor
    this.patch = parts.patch
    this.prerelease = parts.prerelease ?? ''
    this.metadata = parts.metadata ?? ''
    this.original = parts.original ?? this.toString()
  }

  /** The canonical text, without a leading `v`. */
  toString(): string {
    const prerelease = this.prerelease === '' ? '' : `-${this.prerelease}`
    const metadata = this.metadata === '' ? '' : `+${this.metadata}`
    return `${this.major}.${this.minor}.${this.patch}${prerelease}${metadata}`
  }
}

const LOOSE =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/

/** Reads a version tolerantly: a leading `v`, missing parts and leading zeros are accepted. As `semver.NewVersion`. */
export function parseVersion(text: string): Version {
  checkLength(text)
  const match = LOOSE.exec(text)
  if (match === null) throw invalidVersion('invalid semantic version')
  const [, major = '', minor, patch, prerelease = '', metadata = ''] = match
  const version = new Version({
    major: segment(major),
    minor: segment(minor ?? '0'),
    patch: segment(patch ?? '0'),
    prerelease,
    metadata,
    original: text,
  })
  if (prerelease !== '') checkPrerelease(prerelease)
  return version
}

/** Reads a version that must have exactly the form of the specification. As `semver.StrictNewVersion`. */
export function parseStrictVersion(text: string): Version {
  if (text === '') throw invalidVersion('version string empty')
  checkLength(text)
  const [major = '', minor, ...tail] = text.split('.')
  if (minor === undefined || tail.length === 0) throw invalidVersion('invalid semantic version')
  const withMetadata = cut(tail.join('.'), '+')
  if (withMetadata.found) checkMetadata(withMetadata.after)
  const withPrerelease = cut(withMetadata.before, '-')
  if (withPrerelease.found) checkPrerelease(withPrerelease.after)
  const patch = withPrerelease.before
  for (const part of [major, minor, patch]) {
    if (!/^[0-9]*$/.test(part)) throw invalidVersion('invalid characters in version')
    if (part.length > 1 && part.startsWith('0')) throw invalidVersion('version segment starts with 0')
  }
  return new Version({
    major: parseUnsigned(major),
    minor: parseUnsigned(minor),
    patch: parseUnsigned(patch),
    prerelease: withPrerelease.after,
    metadata: withMetadata.after,
    original: text,
  })
}

/** The version in a text, or undefined when there is none that `parseVersion` accepts. */
export function tryParseVersion(text: string): Version | undefined {
  try {
    return parseVersion(text)
  } catch {
    return undefined
  }
}

/** Precedence: negative, zero or positive. Metadata does not count; a pre-release comes before its release. */
export function compareVersions(a: Version, b: Version): number {
  const numbers = compareNumber(a.major, b.major) || compareNumber(a.minor, b.minor) || compareNumber(a.patch, b.patch)
  if (numbers !== 0) return numbers
  if (a.prerelease === b.prerelease) return 0
  if (a.prerelease === '') return 1
  if (b.prerelease === '') return -1
  return comparePrereleases(a.prerelease, b.prerelease)
}

/** Sorts ascending by precedence, keeping the order of equals. */
export function sortVersions(versions: readonly Version[]): Version[] {
  return [...versions].sort(compareVersions)
}

/** The next patch version; a pre-release becomes its release. */
export function incPatch(version: Version): Version {
  const { major, minor, patch, prerelease } = version
  return next(version, { major, minor, patch: prerelease === '' ? increment(patch, 'patch') : patch })
}

/** The next minor version. */
export function incMinor(version: Version): Version {
  return next(version, { major: version.major, minor: increment(version.minor, 'minor'), patch: 0n })
}

/** The next major version. */
export function incMajor(version: Version): Version {
  return next(version, { major: increment(version.major, 'major'), minor: 0n, patch: 0n })
}

/** The version with another pre-release; the empty text removes it. */
export function withPrerelease(version: Version, prerelease: string): Version {
  if (prerelease !== '') checkPrerelease(prerelease)
  return next(version, { ...version, prerelease })
}

/** The version with other metadata; the empty text removes it. */
export function withMetadata(version: Version, metadata: string): Version {
  if (metadata !== '') checkMetadata(metadata)
  return next(version, { ...version, metadata })
}

function increment(value: bigint, part: string): bigint {
  if (value === MAX_UINT64) throw invalidVersion(`${part} version increment would overflow uint64`)
  return value + 1n
}

function next(
  from: Version,
  parts: { major: bigint; minor: bigint; patch: bigint; prerelease?: string; metadata?: string },
): Version {
  const { major, minor, patch, prerelease = '', metadata = '' } = parts
  const version = new Version({ major, minor, patch, prerelease, metadata })
  const original = (from.original.startsWith('v') ? 'v' : '') + version.original
  return new Version({ major, minor, patch, prerelease, metadata, original })
}

function checkLength(text: string): void {
  if (text.length > MAX_LENGTH || byteLength(text) > MAX_LENGTH) {
    throw invalidVersion(`version string is too long (max ${MAX_LENGTH} bytes)`)
  }
}

function segment(digits: string): bigint {
  try {
    return parseUnsigned(digits)
  } catch (error) {
    throw invalidVersion(`error parsing version segment: ${errorText(error)}`)
  }
}

function cut(text: string, separator: string): { before: string; after: string; found: boolean } {
  const at = text.indexOf(separator)
  if (at < 0) return { before: text, after: '', found: false }
  return { before: text.slice(0, at), after: text.slice(at + 1), found: true }
}

function checkPrerelease(prerelease: string): void {
  for (const part of prerelease.split('.')) {
    if (!/^[0-9A-Za-z-]+$/.test(part)) throw invalidVersion('invalid prerelease string')
    if (/^0[0-9]+$/.test(part)) throw invalidVersion('version segment starts with 0')
  }
}

function checkMetadata(metadata: string): void {
  for (const part of metadata.split('.')) {
    if (!/^[0-9A-Za-z-]+$/.test(part)) throw invalidVersion('invalid metadata string')
  }
}

const compareNumber = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** Compares two pre-releases part by part; a missing part comes before any other. */
export function comparePrereleases(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = comparePart(left[i] ?? '', right[i] ?? '')
    if (order !== 0) return order
  }
  return 0
}

/** The number that a part is; undefined for other texts and for numbers beyond 64 bits. */
function partNumber(part: string): bigint | undefined {
  if (!/^[0-9]+$/.test(part)) return undefined
  const value = BigInt(part)
  return value <= MAX_UINT64 ? value : undefined
}

function comparePart(a: string, b: string): number {
  if (a === b) return 0
  if (a === '') return -1
  if (b === '') return 1
  const x = partNumber(a)
  const y = partNumber(b)
  if (x !== undefined && y !== undefined) return x > y ? 1 : -1
  if (x !== undefined) return -1
  if (y !== undefined) return 1
  return compareStrings(a, b) > 0 ? 1 : -1
}
