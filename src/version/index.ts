/** Semantic versions and constraints with the grammar, order and messages of Masterminds/semver, which Helm uses everywhere. */
export { Constraint, parseConstraint, satisfies } from './constraint.ts'
export * from './errors.ts'
export {
  compareVersions,
  incMajor,
  incMinor,
  incPatch,
  parseStrictVersion,
  parseVersion,
  sortVersions,
  tryParseVersion,
  Version,
  withMetadata,
  withPrerelease,
} from './version.ts'
