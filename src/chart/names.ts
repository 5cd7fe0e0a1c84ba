import { chartError } from './errors.ts'

const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const namePatternText = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'
const maxReleaseNameLength = 53

/** Refuses release names that Helm refuses: empty, longer than 53 bytes, or not a lower-case DNS name. */
export function validateReleaseName(name: string): void {
  if (name === '') throw chartError('NAME_INVALID', 'no name provided')
  if (Buffer.byteLength(name) > maxReleaseNameLength || !namePattern.test(name)) {
    throw chartError(
      'NAME_INVALID',
      `invalid release name, must match regex ${namePatternText} and the length must not be longer than ${maxReleaseNameLength}`,
    )
  }
}
