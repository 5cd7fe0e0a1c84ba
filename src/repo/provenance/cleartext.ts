import { repoError } from '../errors.ts'

/** A message signed in the clear. */
export interface ClearSigned {
  /** The text with `\n` at the end of each line, as it was signed. */
  readonly plaintext: string
  /** What the signature covers: lines joined by CRLF, without blanks at their ends. */
  readonly signedBytes: Uint8Array
  /** The signature's packets. */
  readonly signature: Uint8Array
}

const startText = '-----BEGIN PGP SIGNED MESSAGE-----'
const startSignature = '-----BEGIN PGP SIGNATURE-----'
const endSignature = '-----END PGP SIGNATURE-----'

/** Finds the signed message in a text. */
export function decodeClearSigned(text: string): ClearSigned {
  const lines = text.split(/\r?\n/)
  const start = lines.indexOf(startText)
  const headersEnd = lines.indexOf('', start)
  const end = lines.indexOf(startSignature, start)
  if (start < 0 || headersEnd < 0 || end < headersEnd) throw noSignature()
  const body = lines
    .slice(headersEnd + 1, end)
    .map((line) => (line.startsWith('- ') ? line.slice(2) : line).replace(/[ \t]+$/, ''))
  return {
    plaintext: body.map((line) => `${line}\n`).join(''),
    signedBytes: Buffer.from(body.join('\r\n')),
    signature: decodeArmor(lines.slice(end + 1)),
  }
}

/** Text with its signature below, as clearsign writes it. `text` ends with a newline, which is signed too. */
export function encodeClearSigned(text: string, signature: Uint8Array): string {
  const escaped = text
    .split('\n')
    .map((line) => (line.startsWith('-') ? `- ${line}` : line))
    .join('\n')
  const base64 = Buffer.from(signature)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')
  return `${startText}\nHash: SHA512\n\n${escaped}\n${startSignature}\n\n${base64}\n${endSignature}`
}

/** The bytes that a signature over `text` covers. */
export function canonicalText(text: string): Uint8Array {
  return Buffer.from(
    text
      .split('\n')
      .map((line) => line.replace(/[ \t\r]+$/, ''))
      .join('\r\n'),
  )
}

function decodeArmor(lines: readonly string[]): Uint8Array {
  const end = lines.indexOf(endSignature)
  const blank = lines.indexOf('')
  if (end < 0 || blank < 0 || blank > end) throw noSignature()
  const data = lines.slice(blank + 1, end).filter((line) => !line.startsWith('='))
  return Buffer.from(data.join(''), 'base64')
}

function noSignature(): Error {
  return repoError('PROVENANCE', 'signature block not found')
}
