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
  const { checkKeyring, verifyProvenance } = await import('./provenance/verify.ts')
  const keys = named('failed to load keyring', () => {
    const bytes = readBytes(keyring)
    checkKeyring(bytes)
    return bytes
  })
  return verifyProvenance({
    archive: named('failed to read chart archive', () => readBytes(path)),
    provenance: named('failed to read provenance file', () => readBytes(provenancePath)),
    fileName: basename(path),
    keyring: keys,
  })
}

function named(failure: string, read: () => Uint8Array): Uint8Array {
  try {
    return read()
  } catch (error) {
    throw repoError('PROVENANCE', `${failure}: ${errorText(error)}`, error)
  }
}

function statOf(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path)
  } catch (error) {
    throw fileError(error, 'stat', path)
  }
}
