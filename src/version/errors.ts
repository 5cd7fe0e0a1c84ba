import { ChartctlError } from '../base/index.ts'

/** Why a version or a constraint could not be read. */
export type VersionErrorCode = 'INVALID_VERSION' | 'INVALID_CONSTRAINT'

/** Raised by the parsers; the message is that of Masterminds/semver. */
export class VersionError extends ChartctlError<VersionErrorCode> {}

/** A version that cannot be read. */
export const invalidVersion = (message: string): VersionError => new VersionError('INVALID_VERSION', message)

/** A constraint that cannot be read. */
export const invalidConstraint = (message: string): VersionError => new VersionError('INVALID_CONSTRAINT', message)
