/**
 * Reads archives in memory that are as most are: files, folders and links in USTAR, GNU or PAX form. It knows when it does
 * not know, so that a complete reader, which takes longer to load than most archives to read, is needed for the rest only.
 */

/** A member of an archive. */
export interface TarMember {
  readonly path: string
  readonly isFolder: boolean
  readonly data: Uint8Array
  /** In milliseconds since the epoch. */
  readonly modTime: number
}

const BLOCK = 512
const MAX_META = 1 << 20
/** Link, device and pipe members have no content. */
const WITHOUT_CONTENT = '12346'

/** The members up to the end of the archive, or undefined when something in it is unusual or wrong. */
export function readTar(tar: Buffer): TarMember[] | undefined {
  const members: TarMember[] = []
  let records: ReadonlyMap<string, string> = new Map()
  for (let at = 0; at + BLOCK <= tar.length; ) {
    if (tar[at] === 0) return isZero(tar, at, 2 * BLOCK) ? members : undefined
    if (!hasGoodSum(tar, at)) return undefined
    const type = String.fromCharCode(tar[at + 156] ?? 0)
    const size = octal(tar, at + 124, 12)
    const modTime = octal(tar, at + 136, 12)
    const name = headerName(tar, at)
    const start = at + BLOCK
    if (size === undefined || modTime === undefined || name === undefined || start + size > tar.length) return undefined
    at = start + Math.ceil(size / BLOCK) * BLOCK
    if (type === 'x') {
      const found = size > MAX_META ? undefined : paxRecords(tar.subarray(start, start + size))
      if (found === undefined || records.size > 0) return undefined
      records = found
      continue
    }
    const path = records.get('path') ?? name
    const isFolder = type === '5' || path.endsWith('/')
    if (type !== '0' && type !== '\0' && type !== '5' && !WITHOUT_CONTENT.includes(type)) return undefined
    if (path === '' || (size > 0 && (isFolder || WITHOUT_CONTENT.includes(type)))) return undefined
    const paxTime = records.get('mtime')
    members.push({
      path,
      isFolder,
      data: tar.subarray(start, start + size),
      modTime: Math.trunc((paxTime === undefined ? modTime : Number(paxTime)) * 1000),
    })
    records = new Map()
  }
  return undefined
}

function isZero(tar: Uint8Array, from: number, length: number): boolean {
  if (from + length > tar.length) return false
  for (let at = from; at < from + length; at++) if (tar[at] !== 0) return false
  return true
}

/** Whether the header's checksum is right: the sum of its bytes, with blanks for the checksum itself. */
function hasGoodSum(tar: Uint8Array, at: number): boolean {
  let sum = 8 * 0x20
  for (let i = at; i < at + 148; i++) sum += tar[i] as number
  for (let i = at + 156; i < at + BLOCK; i++) sum += tar[i] as number
  return octal(tar, at + 148, 8) === sum
}

/** Digits between blanks, up to a blank or NUL; undefined for other forms. */
function octal(tar: Uint8Array, at: number, width: number): number | undefined {
  const end = at + width
  let i = at
  while (i < end && tar[i] === 0x20) i++
  let value = 0
  const first = i
  for (; i < end; i++) {
    const digit = (tar[i] as number) - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  if (i < end && tar[i] !== 0 && tar[i] !== 0x20) return undefined
  return i === first && tar[i] !== 0 ? undefined : value
}

/** The name of a USTAR header with its prefix, or that of an older one; undefined when it is not plain. */
function headerName(tar: Buffer, at: number): string | undefined {
  const name = field(tar, at, 100)
  const magic = tar.toString('latin1', at + 257, at + 265)
  if (magic === 'ustar\x0000') {
    if (tar[at + 475] !== 0) return undefined
    const prefix = field(tar, at + 345, 130)
    return prefix === '' ? name : `${prefix}/${name}`
  }
  return magic === 'ustar  \0' || tar[at + 257] === 0 ? name : undefined
}

function field(tar: Buffer, at: number, width: number): string {
  let end = at
  while (end < at + width && tar[end] !== 0) end++
  return tar.toString('utf8', at, end)
}

/** `LENGTH KEY=VALUE\n` records of those keys that are known not to matter or how. */
function paxRecords(data: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>()
  for (let at = 0; at < data.length; ) {
    const found = /^([1-9][0-9]{0,6}) (path|mtime|atime|ctime|uid|gid|uname|gname)=/.exec(
      data.toString('latin1', at, at + 24),
    )
    if (found === null) return undefined
    const [head, length = '', key = ''] = found
    const end = at + Number(length)
    if (end > data.length || data[end - 1] !== 0x0a) return undefined
    const value = data.toString('utf8', at + head.length, end - 1)
    if (key === 'mtime' && !/^[0-9]{1,12}(\.[0-9]+)?$/.test(value)) return undefined
    if (value === '' || value.includes('\0')) return undefined
    records.set(key, value)
    at = end
  }
  return records
}

/**
 * A tar whose last block is not whole, as Go takes it: padding that is missing behind an entry's data is none of its business
 * (it is put there), a header that is cut off ends the archive in an error once everything before it was read.
 */
export function wholeBlocks(tar: Buffer | undefined): { readonly blocks: Buffer | undefined; readonly isCut: boolean } {
  if (tar === undefined || tar.length % BLOCK === 0) return { blocks: tar, isCut: false }
  let at = 0
  let afterZeros = false
  while (at + BLOCK <= tar.length) {
    const isEnd = isZero(tar, at, BLOCK)
    if (isEnd && afterZeros) return { blocks: tar.subarray(0, at + BLOCK), isCut: false }
    afterZeros = isEnd
    const size = isEnd ? 0 : sizeAt(tar, at)
    const end = at + BLOCK + size
    at = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK
    if (at > tar.length) {
      const isPadding = end <= tar.length
      return { blocks: isPadding ? Buffer.concat([tar, Buffer.alloc(at - tar.length)]) : tar, isCut: false }
    }
  }
  return { blocks: tar.subarray(0, at), isCut: true }
}

/** The size of the entry whose header is at `at`: octal digits, or a binary number behind a set bit. */
function sizeAt(tar: Buffer, at: number): number {
  const isBinary = ((tar[at + 124] ?? 0) & 0x80) !== 0
  return isBinary ? Number(tar.readBigUInt64BE(at + 128)) : (octal(tar, at + 124, 12) ?? 0)
}
