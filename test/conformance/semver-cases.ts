import { basename } from 'node:path'
import { errorText } from '../../src/base/index.ts'
import {
  compareVersions,
  incMajor,
  incMinor,
  incPatch,
  parseConstraint,
  parseStrictVersion,
  parseVersion,
  sortVersions,
} from '../../src/version/index.ts'
import { type CaseResult, compareJson, type FamilyRunner, guarded, readLines } from './runner.ts'

interface SemverVector {
  readonly id: string
  readonly [field: string]: unknown
}

/** Cases of `semver/*.jsonl`. */
export const runSemverFile: FamilyRunner = (file, report) => {
  const run = { 'check.jsonl': runCheck, 'version.jsonl': runVersion, 'order.jsonl': runOrder }[basename(file)]
  for (const vector of readLines<SemverVector>(file)) {
    report(run ? guarded(vector.id, () => run(vector)) : { id: vector.id, status: 'skipped', detail: 'unknown file' })
  }
}

function attempt<T>(run: () => T): { readonly value: T | undefined; readonly error: string | undefined } {
  try {
    return { value: run(), error: undefined }
  } catch (error) {
    return { value: undefined, error: errorText(error) }
  }
}

function runCheck(vector: SemverVector): CaseResult {
  const { id, ...expected } = vector
  const constraint = attempt(() => parseConstraint(String(vector.constraint)))
  const version = attempt(() => parseVersion(String(vector.version)))
  const both = constraint.value && version.value
  const ok = both ? constraint.value.check(version.value) : false
  const reasons = both ? constraint.value.validate(version.value) : []
  const actual = {
    constraint: vector.constraint,
    version: vector.version,
    ok,
    constraintError: constraint.error,
    versionError: version.error,
    reasons: Array.isArray(reasons) && reasons.length > 0 ? reasons.map((reason) => errorText(reason)) : undefined,
  }
  return compareJson(id, 'check', withoutAbsent(actual), withoutAbsent(expected))
}

function runVersion(vector: SemverVector): CaseResult {
  const { id, ...expected } = vector
  const loose = attempt(() => parseVersion(String(vector.input)))
  const strict = attempt(() => parseStrictVersion(String(vector.input)))
  const version = loose.value
  const actual: Record<string, unknown> = { input: vector.input, error: loose.error, strictError: strict.error }
  if (version) {
    Object.assign(actual, {
      major: Number(version.major),
      minor: Number(version.minor),
      patch: Number(version.patch),
      prerelease: version.prerelease,
      metadata: version.metadata,
      original: version.original,
      string: version.toString(),
      incMajor: attempt(() => incMajor(version).original).value,
      incMinor: attempt(() => incMinor(version).original).value,
      incPatch: attempt(() => incPatch(version).original).value,
    })
  }
  const keys = Object.keys(expected).filter((key) => key in actual)
  const pick = (record: Record<string, unknown>): unknown =>
    withoutAbsent(Object.fromEntries(keys.map((key) => [key, record[key]])))
  return compareJson(id, 'version', pick(actual), pick(expected))
}

function runOrder(vector: SemverVector): CaseResult {
  const versions = (vector.versions as string[]).map((text) => parseVersion(text))
  const actual = {
    sorted: sortVersions(versions).map((version) => version.original),
    compareNext: versions.slice(0, -1).map((version, index) => {
      const next = versions[index + 1]
      return next ? Math.sign(compareVersions(version, next)) : 0
    }),
  }
  return compareJson(vector.id, 'order', actual, { sorted: vector.sorted, compareNext: vector.compareNext })
}

function withoutAbsent(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== ''))
}
