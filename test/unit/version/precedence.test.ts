import fc from 'fast-check'
import semver from 'semver'
import { expect, test } from 'vitest'
import { compareVersions, parseVersion } from '../../../src/version/index.ts'

const number = fc.integer({ min: 0, max: 1_000_000 })
const identifier = fc.oneof(fc.integer({ min: 0, max: 50 }).map(String), fc.stringMatching(/^[a-z][a-z0-9-]{0,4}$/))
const version = fc
  .tuple(number, number, number, fc.array(identifier, { maxLength: 3 }))
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre.length === 0 ? '' : `-${pre.join('.')}`}`)

test('versions are ordered as the semver package orders them', () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(Math.sign(compareVersions(parseVersion(a), parseVersion(b)))).toBe(semver.compare(a, b))
    }),
    { numRuns: 500 },
  )
})
