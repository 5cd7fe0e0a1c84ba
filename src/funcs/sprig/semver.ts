import { type GoCallable, GoNumber, GoObject, type GoValue, toBytes } from '../../go/index.ts'
import {
  compareVersions,
  incMajor,
  incMinor,
  incPatch,
  parseConstraint,
  parseVersion,
  Version,
  withMetadata,
  withPrerelease,
} from '../../version/index.ts'
import { fn, type FunctionTable } from '../signature.ts'

const TYPE = 'semver.Version'

/** A version as templates see it: `*semver.Version`, or the value when `pointer` is false. */
export class SemverObject extends GoObject {
  readonly version: Version
  constructor(version: Version, pointer: boolean) {
    super({
      typeName: TYPE,
      pointer,
      fields: versionFields(version),
      methods: pointer ? pointerMethods(version) : valueMethods(version),
      text: () => version.toString(),
      json: () => version.toString(),
    })
    this.version = version
  }

  /** What Go's deep copy makes of it: its fields are private, so they stay zero. */
  emptyCopy(): SemverObject {
    return new SemverObject(new Version({ major: 0n, minor: 0n, patch: 0n, original: '' }), this.pointer)
  }
}

/** The fields that printing shows; none is exported. */
function versionFields({ major, minor, patch, prerelease, metadata, original }: Version): Map<string, GoValue> {
  return new Map<string, GoValue>([
    ['major', new GoNumber('uint64', major)],
    ['minor', new GoNumber('uint64', minor)],
    ['patch', new GoNumber('uint64', patch)],
    ['pre', prerelease],
    ['metadata', metadata],
    ['original', original],
  ])
}

const uint64 = (value: bigint): GoCallable => fn('', 'uint64', () => new GoNumber('uint64', value))
const text = (get: () => string): GoCallable => fn('', 'string', get)

/** Methods that a version has as such, and so a pointer to it too. */
function valueMethods(version: Version): Map<string, GoCallable> {
  const next = (make: (version: Version) => Version): GoCallable =>
    fn('', TYPE, () => new SemverObject(make(version), false))
  return new Map([
    ['Major', uint64(version.major)],
    ['Minor', uint64(version.minor)],
    ['Patch', uint64(version.patch)],
    ['Prerelease', text(() => version.prerelease)],
    ['Metadata', text(() => version.metadata)],
    ['String', text(() => version.toString())],
    ['Value', fn('', 'interface {}', () => version.toString())],
    ['MarshalText', fn('', '[]uint8', () => toBytes(version.toString()))],
    ['MarshalJSON', fn('', '[]uint8', () => toBytes(JSON.stringify(version.toString())))],
    ['IncMajor', next(incMajor)],
    ['IncMinor', next(incMinor)],
    ['IncPatch', next(incPatch)],
    ['SetPrerelease', fn('string', TYPE, (label: string) => new SemverObject(withPrerelease(version, label), false))],
    ['SetMetadata', fn('string', TYPE, (label: string) => new SemverObject(withMetadata(version, label), false))],
  ])
}

/** Methods of a pointer: what `semver` gives has them, what `IncMajor` gives has not. */
function pointerMethods(version: Version): Map<string, GoCallable> {
  const compare = (test: (order: number) => boolean): GoCallable =>
    fn(
      `*${TYPE}`,
      'bool',
      (other: GoValue) => other instanceof SemverObject && test(compareVersions(version, other.version)),
    )
  return new Map([
    ...valueMethods(version),
    ['Original', text(() => version.original)],
    ['LessThan', compare((order) => order < 0)],
    ['LessThanEqual', compare((order) => order <= 0)],
    ['GreaterThan', compare((order) => order > 0)],
    ['GreaterThanEqual', compare((order) => order >= 0)],
    ['Equal', compare((order) => order === 0)],
    [
      'Compare',
      fn(`*${TYPE}`, 'int', (other: GoValue) =>
        other instanceof SemverObject ? BigInt(Math.sign(compareVersions(version, other.version))) : 0n,
      ),
    ],
  ])
}

/** Semantic versions. */
export const semverFunctions: FunctionTable = {
  semver: fn('string', `*${TYPE}`, (version: string) => new SemverObject(parseVersion(version), true)),
  semverCompare: fn('string, string', 'bool', (constraint: string, version: string) =>
    parseConstraint(constraint).check(parseVersion(version)),
  ),
}
