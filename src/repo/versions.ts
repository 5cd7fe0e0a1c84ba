import { parseConstraint, parseVersion, type Version, type VersionConstraint } from '../version/index.ts'

/** A version, or undefined when the text is none (Masterminds' tolerant reading: `v1.2` counts). */
export function tryVersion(text: string): Version | undefined {
  try {
    return parseVersion(text)
  } catch {
    return undefined
  }
}

/** A constraint; throws with Masterminds' text when it does not parse. */
export function readConstraint(text: string): VersionConstraint {
  return parseConstraint(text)
}

/** Whether the text is a range (`^1`, `>2`, `1.x`) rather than one version. As Helm 4 `isVersionRange`. */
export function isVersionRange(version: string): boolean {
  if (/[\^~<>=!*]/.test(version) || version.includes('||') || version.includes(' - ')) return true
  const suffix = version.search(/[-+]/)
  return /[xX]/.test(suffix < 0 ? version : version.slice(0, suffix))
}
