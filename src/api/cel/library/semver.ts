/** A semantic version. */
export interface Semver {
  readonly numbers: readonly bigint[]
  readonly pre: readonly string[]
  readonly build: readonly string[]
}

/** Reads `major.minor.patch[-pre][+build]`; a string says why the text is none. */
export function parseSemver(text: string): Semver | string {
  if (text === '') return 'Version string empty'
  const [, core = '', pre, build] = /^([^-+]*)(?:-([^+]*))?(?:\+(.*))?$/s.exec(text) ?? []
  const parts = core.split('.')
  if (parts.length !== 3) return 'No Major.Minor.Patch elements found'
  for (const [index, name] of ['major', 'minor', 'patch'].entries()) {
    const part = parts[index] ?? ''
    const Name = name.replace(/^./, (letter) => letter.toUpperCase())
    if (!/^\d+$/.test(part)) return `Invalid character(s) found in ${name} number ${JSON.stringify(part)}`
    if (part.length > 1 && part.startsWith('0'))
      return `${Name} number must not contain leading zeroes ${JSON.stringify(part)}`
  }
  const identifiers = pre === undefined ? [] : pre.split('.')
  for (const each of identifiers) {
    if (each === '') return 'Prerelease is empty'
    if (!/^[0-9A-Za-z-]+$/.test(each)) return `Invalid character(s) found in prerelease ${JSON.stringify(each)}`
    if (/^0\d+$/.test(each)) return `Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(each)}`
  }
  const builds = build === undefined ? [] : build.split('.')
  for (const each of builds) {
    if (each === '') return 'Build meta data is empty'
    if (!/^[0-9A-Za-z-]+$/.test(each)) return `Invalid character(s) found in build meta data ${JSON.stringify(each)}`
  }
  return { numbers: parts.map((part) => BigInt(part)), pre: identifiers, build: builds }
}

/** Takes a leading `v` and leading zeros away and adds missing numbers. */
export function normalizeSemver(text: string): string {
  const parts = text.replace(/^v/, '').split('.')
  const split = parts.length > 3 ? [...parts.slice(0, 2), parts.slice(2).join('.')] : parts
  const trimmed = split.map((part) => {
    if (part.length <= 1) return part
    const rest = part.replace(/^0+/, '')
    return /^\d/.test(rest) ? rest : `0${rest}`
  })
  if (trimmed.length >= 3 || /[+-]/.test(trimmed.at(-1) ?? '')) return trimmed.join('.')
  while (trimmed.length < 3) trimmed.push('0')
  return trimmed.join('.')
}

/** Negative, zero or positive; build metadata does not count. */
export function compareSemver(a: Semver, b: Semver): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n
    if (number !== other) return number < other ? -1 : 1
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length)
  for (const [index, part] of a.pre.entries()) {
    const other = b.pre[index]
    if (other === undefined) return 1
    const found = comparePart(part, other)
    if (found !== 0) return found
  }
  return a.pre.length < b.pre.length ? -1 : 0
}

function comparePart(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0
  if (left !== right) return left ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** A version as it is written. */
export function semverText({ numbers, pre, build }: Semver): string {
  return (
    numbers.join('.') + (pre.length > 0 ? `-${pre.join('.')}` : '') + (build.length > 0 ? `+${build.join('.')}` : '')
  )
}
