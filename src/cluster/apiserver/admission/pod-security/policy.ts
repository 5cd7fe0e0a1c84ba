import type { FieldError } from '../../../../api/index.ts'

/** Levels from the loosest to the strictest. */
const LEVELS = ['privileged', 'baseline', 'restricted'] as const

/** A level of the Pod Security Standards. */
export type Level = (typeof LEVELS)[number]

/** A level as a release of Kubernetes knew it; no minor number means the latest. */
export interface LevelVersion {
  readonly level: Level
  readonly minor?: number
}

/** What a namespace asks for. */
export interface PodPolicy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

const PREFIX = 'pod-security.kubernetes.io/'
const MODES = ['enforce', 'audit', 'warn'] as const

/** `baseline:latest`, `restricted:v1.30`. */
export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`
}

/** Negative when `a` is looser than `b`. */
export function compareLevels(a: Level, b: Level): number {
  return LEVELS.indexOf(a) - LEVELS.indexOf(b)
}

/** Whether two are the same level of the same release. */
export function sameLevel(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.minor === b.minor
}

/** The policy in a namespace's labels, and what is wrong with them: a bad enforce level is restricted, others privileged. */
export function podPolicy(labels: Readonly<Record<string, string>> | undefined): {
  readonly policy: PodPolicy
  readonly errors: FieldError[]
} {
  const errors: FieldError[] = []
  const found: Record<(typeof MODES)[number], { level: Level; minor?: number }> = {
    enforce: { level: 'privileged' },
    audit: { level: 'privileged' },
    warn: { level: 'privileged' },
  }
  const wrong = (label: string, value: string, detail: string): void => {
    errors.push({ type: 'Invalid', field: `metadata.labels[${label}]`, value, detail })
  }
  if (labels === undefined) return { policy: found, errors }
  let enforces = false
  for (const mode of MODES) {
    const level = labels[PREFIX + mode]
    if (level !== undefined) {
      const known = LEVELS.find((each) => each === level)
      if (known === undefined) wrong(PREFIX + mode, level, `must be one of ${LEVELS.join(', ')}`)
      else if (mode === 'enforce') enforces = true
      found[mode].level = known ?? (mode === 'enforce' ? 'restricted' : 'privileged')
    }
    const label = `${PREFIX}${mode}-version`
    const version = labels[label]
    if (version === undefined || version === 'latest') continue
    const match = /^v1\.(\d|[1-9]\d*)$/.exec(version)
    if (match === null) wrong(label, version, 'must be "latest" or "v1.x"')
    else found[mode].minor = Number(match[1])
  }
  const { enforce, warn } = found
  if (enforces && labels[`${PREFIX}warn`] === undefined && compareLevels(enforce.level, warn.level) > 0) {
    warn.level = enforce.level
    if (labels[`${PREFIX}warn-version`] === undefined && enforce.minor !== undefined) warn.minor = enforce.minor
  }
  return { policy: found, errors }
}

/** Whether a namespace asks for nothing. */
export function isPrivileged({ enforce, audit, warn }: PodPolicy): boolean {
  return enforce.level === 'privileged' && audit.level === 'privileged' && warn.level === 'privileged'
}
