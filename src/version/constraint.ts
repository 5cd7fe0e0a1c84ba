import { byteLength, quote } from '../go/index.ts'
import { invalidConstraint } from './errors.ts'
import { comparePrereleases, compareVersions, parseVersion, tryParseVersion, type Version } from './version.ts'

const MAX_LENGTH = 512
const MAX_GROUPS = 32

const SPACE = '[\\t\\n\\f\\r ]'
const OPERATOR = '(?:=>|>=|=<|<=|!=|~>|=|>|<|~|\\^)'
const PART = '[0-9|xX*]+'
const LABEL = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const WILD_VERSION = `v?(?:${PART})(?:\\.${PART})?(?:\\.${PART})?(?:-${LABEL})?(?:\\+${LABEL})?`
const TERM = `(?:${OPERATOR}${SPACE}*)?${WILD_VERSION}`

/** Terms with blanks or one comma between them; every text can match it in one way only, so that it cannot blow up. */
const GROUP = new RegExp(`^${SPACE}*${TERM}(?:(?:${SPACE}*,${SPACE}*|${SPACE}+)${TERM})*${SPACE}*$`)
const TERMS = new RegExp(TERM, 'g')
const ONE_TERM = new RegExp(
  `^(${OPERATOR}?)${SPACE}*(v?(${PART})(\\.${PART})?(\\.${PART})?((?:-${LABEL})?)((?:\\+${LABEL})?))$`,
)
const HYPHEN_RANGE = new RegExp(`${SPACE}*(${WILD_VERSION})${SPACE}+-${SPACE}+(${WILD_VERSION})${SPACE}*`, 'g')

/** One comparison, such as `>=1.2`. `wild*` say which parts are missing or `x`. */
interface Term {
  readonly operator: string
  /** The version as written. */
  readonly text: string
  readonly version: Version
  readonly wild: boolean
  readonly wildMinor: boolean
  readonly wildPatch: boolean
}

/** Terms that must all hold. */
interface Group {
  readonly terms: readonly Term[]
  /** A term has a pre-release, so that pre-releases are considered. */
  readonly prereleases: boolean
}

/** Reads a constraint with the grammar of Masterminds/semver: `||`, blanks or commas, hyphen ranges, wildcards, `~`, `^`. */
export function parseConstraint(text: string): Constraint {
  if (text.length > MAX_LENGTH || byteLength(text) > MAX_LENGTH) {
    throw invalidConstraint(`constraint string is too long (max ${MAX_LENGTH} bytes)`)
  }
  const alternatives = rewriteRanges(text).split('||')
  if (alternatives.length > MAX_GROUPS) throw invalidConstraint(`too many constraint groups (max ${MAX_GROUPS})`)
  return new Constraint(alternatives.map(parseGroup))
}

/** A parsed constraint. */
export class Constraint {
  readonly #groups: readonly Group[]

  constructor(groups: readonly Group[]) {
    this.#groups = groups
  }

  /** Whether the version satisfies it. Pre-releases only do so where a term of the group names one. */
  check(version: Version): boolean {
    return this.#groups.some((group) =>
      group.terms.every((term) => failure(term, version, group.prereleases) === undefined),
    )
  }

  /** The reasons why the version does not satisfy it; empty when it does. */
  validate(version: Version): string[] {
    const reasons: string[] = []
    let prereleaseSaid = false
    for (const group of this.#groups) {
      let satisfied = true
      for (const term of group.terms) {
        const reason = failure(term, version, group.prereleases)
        if (reason === undefined) continue
        satisfied = false
        if (isPrereleaseBlocked(version, group.prereleases)) {
          if (prereleaseSaid) continue
          prereleaseSaid = true
        }
        reasons.push(reason)
      }
      if (satisfied) return []
    }
    return reasons
  }

  /** The constraint in normal form, as `Constraints.String`. */
  toString(): string {
    return this.#groups.map((group) => group.terms.map((term) => term.operator + term.text).join(' ')).join(' || ')
  }
}

function rewriteRanges(text: string): string {
  let rewritten = text
  for (const match of text.matchAll(HYPHEN_RANGE)) {
    const [whole, low = '', high = ''] = match
    rewritten = rewritten.replace(whole, () => `>= ${low}, <= ${high} `)
  }
  return rewritten
}

function parseGroup(text: string): Group {
  if (!GROUP.test(text)) throw invalidConstraint(`improper constraint: ${quote(text)}`)
  const terms = (text.match(TERMS) ?? []).map(parseTerm)
  return { terms, prereleases: terms.some((term) => term.version.prerelease !== '') }
}

const isWild = (part: string | undefined): boolean => part === undefined || part === '' || /^\.?[xX*]$/.test(part)

function parseTerm(text: string): Term {
  const match = ONE_TERM.exec(text)
  if (match === null) throw invalidConstraint(`improper constraint: ${quote(text)}`)
  const [, operator = '', written = '', major = '', minor = '', patch = '', prerelease = ''] = match
  let version = written
  const wildMajor = isWild(major)
  const wildMinor = !wildMajor && isWild(minor)
  const wildPatch = !wildMajor && !wildMinor && isWild(patch)
  if (wildMajor) version = `0.0.0${prerelease}`
  else if (wildMinor) version = `${major}.0.0${prerelease}`
  else if (wildPatch) version = `${major}${minor}.0${prerelease}`
  const parsed = tryParseVersion(version)
  if (parsed === undefined) throw invalidConstraint('constraint parser error')
  return { operator, text: written, version: parsed, wild: wildMajor || wildMinor || wildPatch, wildMinor, wildPatch }
}

const isPrereleaseBlocked = (version: Version, prereleases: boolean): boolean =>
  version.prerelease !== '' && !prereleases

/** Why the version fails the term; undefined when it does not. */
function failure(term: Term, version: Version, prereleases: boolean): string | undefined {
  if (isPrereleaseBlocked(version, prereleases)) {
    return `${quote(version.toString())} is a prerelease version and the constraint is only looking for release versions`
  }
  const problem = CHECKS[term.operator]?.(version, term)
  if (problem === undefined) return undefined
  return problem.replace('%v', () => quote(version.toString())).replace('%c', () => quote(term.text))
}

type Check = (version: Version, term: Term) => string | undefined

const LESS = '%v is less than %c'
const LESS_OR_EQUAL = '%v is less than or equal to %c'
const GREATER = '%v is greater than %c'
const OTHER_MAJOR = '%v does not have same major version as %c'
const EQUAL = '%v is equal to %c'

const notEqual: Check = (v, term) => {
  const c = term.version
  if (term.wild) {
    if (c.major !== v.major) return undefined
    if (term.wildMinor) return EQUAL
    if (c.minor !== v.minor) return undefined
    if (term.wildPatch) return comparePrereleases(v.prerelease, c.prerelease) === 0 ? EQUAL : undefined
    if (c.patch !== v.patch) return undefined
  }
  return compareVersions(v, c) === 0 ? EQUAL : undefined
}

const greater: Check = (v, term) => {
  const c = term.version
  if (term.wild) {
    if (v.major !== c.major) return v.major > c.major ? undefined : LESS_OR_EQUAL
    if (term.wildMinor) return LESS_OR_EQUAL
    if (term.wildPatch) return v.minor > c.minor ? undefined : LESS_OR_EQUAL
  }
  return compareVersions(v, c) > 0 ? undefined : LESS_OR_EQUAL
}

const less: Check = (v, term) =>
  compareVersions(v, term.version) < 0 ? undefined : '%v is greater than or equal to %c'

const greaterOrEqual: Check = (v, term) => (compareVersions(v, term.version) >= 0 ? undefined : LESS)

const lessOrEqual: Check = (v, term) => {
  const c = term.version
  if (!term.wild) return compareVersions(v, c) <= 0 ? undefined : GREATER
  if (v.major > c.major) return GREATER
  return v.major === c.major && v.minor > c.minor && !term.wildMinor ? GREATER : undefined
}

const tilde: Check = (v, term) => {
  const c = term.version
  if (compareVersions(v, c) < 0) return LESS
  const isZero = c.major === 0n && c.minor === 0n && c.patch === 0n
  if (isZero && !term.wildMinor && !term.wildPatch) return undefined
  if (v.major !== c.major) return OTHER_MAJOR
  if (v.minor !== c.minor && !term.wildMinor) return '%v does not have same major and minor version as %c'
  return undefined
}

const tildeOrEqual: Check = (v, term) => {
  if (term.wild) return tilde(v, term)
  return compareVersions(v, term.version) === 0 ? undefined : '%v is not equal to %c'
}

const caret: Check = (v, term) => {
  const c = term.version
  if (compareVersions(v, c) < 0) return LESS
  if (c.major > 0n || term.wildMinor) return v.major === c.major ? undefined : OTHER_MAJOR
  if (v.major > 0n) return OTHER_MAJOR
  if (c.minor > 0n || term.wildPatch) {
    if (v.minor === c.minor) return undefined
    return '%v does not have same minor version as %c. Expected minor versions to match when constraint major version is 0'
  }
  if (v.minor > 0n) return '%v does not have same minor version as %c'
  if (c.patch === v.patch) return undefined
  return '%v does not equal %c. Expect version and constraint to equal when major and minor versions are 0'
}

const CHECKS: Readonly<Record<string, Check>> = {
  '': tildeOrEqual,
  '=': tildeOrEqual,
  '!=': notEqual,
  '>': greater,
  '<': less,
  '>=': greaterOrEqual,
  '=>': greaterOrEqual,
  '<=': lessOrEqual,
  '=<': lessOrEqual,
  '~': tilde,
  '~>': tilde,
  '^': caret,
}

/** Whether the version text satisfies the constraint text; false when either cannot be read. */
export function satisfies(version: string, constraint: string): boolean {
  try {
    return parseConstraint(constraint).check(parseVersion(version))
  } catch {
    return false
  }
}
