import { BASELINE } from './baseline.ts'
import type { PodView, Violation } from './pod-view.ts'
import type { LevelVersion } from './policy.ts'
import { RESTRICTED } from './restricted.ts'

/** The last release that changed a check; later ones are like it. */
const LAST_CHANGE = 35

/** How a pod violates a level; empty when it does not. */
export function violationsOf({ level, minor = LAST_CHANGE }: LevelVersion, pod: PodView): Violation[] {
  if (level === 'privileged') return []
  const release = Math.min(minor, LAST_CHANGE)
  const strict = level === 'restricted' ? RESTRICTED.filter((each) => each.since <= release) : []
  const replaced = new Set(strict.map((each) => each.replaces))
  const basic = BASELINE.filter((each) => each.since <= release && !replaced.has(each.id))
  return [...basic, ...strict].flatMap(({ check }) => check(pod, release) ?? [])
}

/** All violations in one text, with who does what. */
export function detailText(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}

/** All violations in one text, in short. */
export function reasonText(violations: readonly Violation[]): string {
  return violations.map(({ reason }) => reason).join(', ')
}
