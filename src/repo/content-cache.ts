import { createHash, type BinaryLike } from 'node:crypto'
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Random } from '../base/index.ts'
import { repoError } from './errors.ts'
import { makeFolder, writeFileAtomically } from './files.ts'

/** What an entry of the content cache holds. */
export type CachedKind = 'chart' | 'prov'

/** SHA-256 of data, in hexadecimal. */
export function sha256(data: BinaryLike): string {
  return createHash('sha256').update(data).digest('hex')
}

/** The bare hexadecimal digest in `sha256:…` or a bare digest; throws when it is none. */
export function bareDigest(digest: string): string {
  const colon = digest.indexOf(':')
  const hex = colon < 0 ? digest : digest.slice(colon + 1)
  if (hex.length % 2 === 1) throw repoError('DIGEST', 'encoding/hex: odd length hex string')
  const bad = /[^0-9a-fA-F]/.exec(hex)?.[0]
  if (bad !== undefined) throw repoError('DIGEST', `encoding/hex: invalid byte: U+${hexCode(bad)} '${bad}'`)
  if (hex.length !== 64 && hex !== '') throw repoError('DIGEST', `invalid digest length: ${hex.length / 2}`)
  return hex.toLowerCase()
}

/** Path of an entry: first two digits, then the whole digest. As Helm 4's DiskCache. */
function contentPath(root: string, digest: string, kind: CachedKind): string {
  return join(root, digest.slice(0, 2), `${digest}.${kind}`)
}

/** Path of an entry that exists and is not empty. */
export function findContent(root: string, digest: string, kind: CachedKind): string | undefined {
  const path = contentPath(root, digest, kind)
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true && found.size > 0 ? path : undefined
}

/** Stores an entry and gives its path. */
export function storeContent(
  root: string,
  digest: string,
  content: { readonly kind: CachedKind; readonly data: Uint8Array; readonly random: Random },
): string {
  const path = contentPath(root, digest, content.kind)
  makeFolder(dirname(path))
  writeFileAtomically(path, content.data, { mode: 0o644, random: content.random })
  return path
}

function hexCode(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
