import { describe, expect, test } from 'vitest'
import {
  compareVersions,
  incMajor,
  incMinor,
  incPatch,
  parseConstraint,
  parseStrictVersion,
  parseVersion,
  sortVersions,
  tryParseVersion,
  type Version,
} from '../../../src/version/index.ts'
import { attempt, readVectors, type Vector } from '../../support/vectors.ts'

const cases = (file: string): (readonly [string, Vector])[] =>
  (readVectors(`semver/${file}.jsonl`) ?? []).map((vector) => [vector.id, vector] as const)

const errorOf = (run: () => unknown): string | undefined => {
  const result = attempt(run)
  return typeof result === 'object' && result !== null && 'thrown' in result ? String(result.thrown) : undefined
}

/** The three increments; none when one of them would not fit into 64 bits. */
function increments(version: Version): Record<string, unknown> {
  const result = attempt(() => ({
    incMajor: incMajor(version).original,
    incMinor: incMinor(version).original,
    incPatch: incPatch(version).original,
  }))
  return 'thrown' in result ? {} : result
}

const defined = (object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== ''))

const check = cases('check')
describe.runIf(check.length > 0)('recorded constraint checks', () => {
  test.each(check)('%s', (_id, { id, constraint, version, ...want }) => {
    const constraintError = errorOf(() => parseConstraint(String(constraint)))
    const versionError = errorOf(() => parseVersion(String(version)))
    const both = constraintError === undefined && versionError === undefined
    const parsed = both ? parseConstraint(String(constraint)) : undefined
    const reasons = parsed?.validate(parseVersion(String(version)))
    const got = {
      ok: parsed?.check(parseVersion(String(version))) ?? false,
      constraintError,
      versionError,
      reasons: reasons?.length === 0 ? undefined : reasons,
    }
    expect(defined(got)).toEqual(want)
  })
})

const versions = cases('version')
describe.runIf(versions.length > 0)('recorded versions', () => {
  test.each(versions)('%s', (_id, { id, input, ...want }) => {
    const text = String(input)
    const version = tryParseVersion(text)
    const got = {
      error: errorOf(() => parseVersion(text)),
      strictError: errorOf(() => parseStrictVersion(text)),
      string: version?.toString(),
      original: version?.original,
      major: Number(version?.major ?? 0),
      minor: Number(version?.minor ?? 0),
      patch: Number(version?.patch ?? 0),
      prerelease: version?.prerelease,
      metadata: version?.metadata,
      ...(version === undefined ? {} : increments(version)),
    }
    expect(defined(got)).toEqual(want)
  })
})

const order = cases('order')
describe.runIf(order.length > 0)('recorded orders', () => {
  test.each(order)('%s', (_id, { versions: texts, sorted, compareNext }) => {
    const list = (texts as string[]).map(parseVersion)
    expect(sortVersions(list).map((version) => version.original)).toEqual(sorted)
    const next = list.slice(1).map((version, i) => Math.sign(compareVersions(list[i] as (typeof list)[0], version)))
    expect(next).toEqual(compareNext)
  })
})
