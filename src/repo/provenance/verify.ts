import type { Verification } from '../provenance.ts'
import { repoError } from '../errors.ts'

export function verifyProvenance(_request: {
  readonly archive: Uint8Array
  readonly provenance: Uint8Array
  readonly fileName: string
  readonly keyring: Uint8Array
}): Verification {
  throw repoError('PROVENANCE', 'not there yet')
}
