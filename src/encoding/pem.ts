/** A PEM block. */
export interface PemBlock {
  readonly type: string
  readonly bytes: Buffer
}

/** Both marks begin a line and are alone on it. */
const BLOCK = /(?:^|\n)-----BEGIN ([^\r\n]*?)-----[ \t]*\r?\n((?:[\s\S]*?\n)?)-----END \1-----[ \t]*(?:\r?\n|$)/

/** The first block of a text; undefined when there is none. */
export function decodePem(text: string): PemBlock | undefined {
  const match = BLOCK.exec(text)
  if (match === null) return undefined
  const [, type = '', body = ''] = match
  const data = body.replace(/^(?:[^\n:]+:[^\n]*\n)+\n?/, '').replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return undefined
  return { type, bytes: Buffer.from(data, 'base64') }
}

/** Writes a block with lines of 64 characters. */
export function encodePem(type: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${type}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${type}-----\n`
}
