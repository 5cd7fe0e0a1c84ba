const blockBytes = 512

/** What a header says about a file. */
export interface TarFile {
  readonly name: string
  readonly size: number
  readonly mode: number
  /** Since the epoch. */
  readonly seconds: number
}

/** Zero bytes that fill up the last block of a file. */
export function tarPadding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes
}

/**
 * The blocks in front of a file's content, as Go's archive/tar writes them: USTAR where the name fits (whole, or split at a
 * slash), else a PAX header with the whole name first.
 */
export function tarHeader(file: TarFile): Uint8Array[] {
  const name = Buffer.from(file.name)
  const isAscii = name.every((byte) => byte < 0x80)
  if (isAscii && name.length <= 100) return [ustar(file, file.name, '', '0')]
  const split = isAscii ? splitName(file.name) : undefined
  if (split) return [ustar(file, split.name, split.prefix, '0')]
  const records = Buffer.from(paxRecord('path', file.name))
  const slash = file.name.lastIndexOf('/')
  const paxName = `${slash < 0 ? '' : `${file.name.slice(0, slash)}/`}PaxHeaders.0/${file.name.slice(slash + 1)}`
  const pax = ustar(
    { name: paxName, size: records.length, mode: 0, seconds: 0 },
    toAscii(paxName).slice(0, 100),
    '',
    'x',
  )
  return [
    pax,
    records,
    Buffer.alloc(tarPadding(records.length)),
    ustar(file, toAscii(file.name).slice(0, 100), '', '0'),
  ]
}

function ustar(file: TarFile, name: string, prefix: string, type: string): Buffer {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, at: number, width: number): void => {
    block.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1')
  }
  block.write(name, 0, 100, 'latin1')
  octal(file.mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(file.size, 124, 12)
  octal(Math.max(0, file.seconds), 136, 12)
  block.write('        ', 148, 'latin1')
  block.write(type, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  octal(0, 329, 8)
  octal(0, 337, 8)
  block.write(prefix, 345, 155, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** Splits a long name at a slash so that both parts fit their fields. */
function splitName(name: string): { readonly prefix: string; readonly name: string } | undefined {
  if (name.length > 256) return undefined
  const limit = Math.min(name.length, 156)
  const slash = name.slice(0, limit).lastIndexOf('/')
  const rest = name.length - slash - 1
  if (slash <= 0 || rest > 100 || rest === 0 || slash > 155) return undefined
  return { prefix: name.slice(0, slash), name: name.slice(slash + 1) }
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const body = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(body)
  let length = bytes + String(bytes).length
  length = bytes + String(length).length
  return `${length}${body}`
}

function toAscii(text: string): string {
  return text.replace(/[^\x00-\x7f]/g, '')
}
