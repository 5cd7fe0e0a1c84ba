/** A file for an archive; `type` is the flag of the header (0 file, 5 folder, 1 and 2 links). */
export interface TarFile {
  readonly name: string
  readonly data: Uint8Array
  readonly type: string
}

const BLOCK = 512

/** A plain tar archive, with names and types as they are given, however wrong. */
export function tarOf(files: readonly TarFile[]): Buffer {
  return Buffer.concat([...files.flatMap(entryOf), Buffer.alloc(2 * BLOCK)])
}

function entryOf({ name, data, type }: TarFile): Buffer[] {
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, size: number): void => {
    header.write(`${value.toString(8).padStart(size - 1, '0')}\0`, at, 'latin1')
  }
  header.write(name.slice(0, 100), 0, 'utf8')
  octal(0o644, 100, 8)
  octal(data.length, 124, 12)
  octal(0, 136, 12)
  header.fill(' ', 148, 156)
  header.write(type.slice(0, 1), 156, 'latin1')
  header.write('target', 157, 'latin1')
  header.write('ustar\u000000', 257, 'latin1')
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return [header, Buffer.from(data), Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]
}
