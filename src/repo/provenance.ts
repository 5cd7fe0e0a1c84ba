import { statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { errorText } from '../base/index.ts'
import { fileError, repoError } from './errors.ts'
import { readBytes } from './files.ts'

/** What a verified signature says. */
export interface Verification {
  /** User ids of the signing key. */
  readonly signers: readonly string[]
  /** Fingerprint of the primary key, hexadecimal in upper case. */
  readonly fingerprint: string
  readonly fileName: string
  /** `sha256:…` */
  readonly fileHash: string
}

/** Checks an archive against its provenance file. As Helm 4 `downloader.VerifyChart`, same texts. */
export async function verifyChartFile(path: string, provenancePath: string, keyring: string): Promise<Verification> {
  const found = statOf(path)
  if (found.isDirectory()) throw repoError('PROVENANCE', 'unpacked charts cannot be verified')
  if (extname(path).toLowerCase() !== '.tgz') throw repoError('PROVENANCE', 'chart must be a tgz file')
  try {
    statOf(provenancePath)
  } catch (error) {
    throw repoError('PROVENANCE', `could not load provenance file ${provenancePath}: ${errorText(error)}`, error)
  }
  let keys: Uint8Array
  try {
    keys = readBytes(keyring)
  } catch (error) {
    throw repoError('PROVENANCE', `failed to load keyring: ${errorText(error)}`, error)
  }
  const { verifyProvenance } = await import('./provenance/verify.ts')
  return verifyProvenance({
    archive: readBytes(path),
    provenance: readBytes(provenancePath),
    fileName: basename(path),
    keyring: keys,
  })
}

function statOf(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path)
  } catch (error) {
    throw fileError(error, 'stat', path)
  }
}
