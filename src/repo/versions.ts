import {
  type Constraint,
  parseConstraint,
  tryParseVersion,
  type Version,
  parseStrictVersion,
} from '../version/index.ts'

/** A version, or undefined when the text is none (Masterminds' tolerant reading: `v1.2` counts). */
export function tryVersion(text: string): Version | undefined {
  return tryParseVersion(text)
}

/** A constraint; throws with Masterminds' text when it does not parse. */
export function readConstraint(text: string): Constraint {
  return parseConstraint(text)
}

/** Whether the text is a range (`^1`, `>2`, `1.x`) rather than one version. As Helm 4 `isVersionRange`. */
export function isVersionRange(version: string): boolean {
  if (/[\^~<>=!*]/.test(version) || version.includes('||') || version.includes(' - ')) return true
  const suffix = version.search(/[-+]/)
  return /[xX]/.test(suffix < 0 ? version : version.slice(0, suffix))
}

/** Whether the text is a complete version (`1.2.3`, no leading `v`). */
export function isStrictVersion(text: string): boolean {
  try {
    parseStrictVersion(text)
    return true
  } catch {
    return false
  }
}
