import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadChartArchive, loadChartFolder, packageChart, readArchive } from '../../../src/chart/index.ts'
import { tarHeader, tarPadding } from '../../../src/chart/archive/tar-header.ts'
import { type ArchiveEntry, writeArchive } from '../../../src/chart/archive/write.ts'

const text = (value: string): Uint8Array => Buffer.from(value)

/** A gzipped tar with one member of any name, size claim and type. */
function archiveOf(name: string, options: { size?: number; type?: string; data?: string } = {}): Buffer {
  const data = Buffer.from(options.data ?? 'x')
  const blocks = tarHeader({ name, size: options.size ?? data.length, mode: 0o644, seconds: 0 }).map((b) =>
    Buffer.from(b),
  )
  const last = blocks.at(-1)
  if (last && options.type) {
    last.write(`${options.type}target`, 156, 'latin1')
    last.write('        ', 148, 'latin1')
    const sum = last.reduce((total, byte) => total + byte, 0)
    last.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  }
  return gzipSync(Buffer.concat([...blocks, data, Buffer.alloc(tarPadding(data.length)), Buffer.alloc(1024)]))
}

describe('reading archives', () => {
  const refused: readonly [name: string, archive: Buffer, want: string][] = [
    ['a path that leaves the chart', archiveOf('c/../../evil'), 'chart illegally references parent directory'],
    ['an absolute path', archiveOf('c//etc/passwd'), 'chart illegally contains absolute paths'],
    ['a Windows drive', archiveOf('c\\c:\\evil'), 'chart contains illegally named files'],
    [
      'a file beside the chart folder',
      archiveOf('x'),
      'chart illegally contains content outside the base directory: "x"',
    ],
    [
      'a file that claims to be too large',
      archiveOf('c/big', { size: 6 * 1024 * 1024 }),
      'decompressed chart file "c/big" is larger than the maximum file size 5242880',
    ],
    ['an empty archive', gzipSync(Buffer.alloc(1024)), 'no files in chart archive'],
    ['an end of one block', gzipSync(Buffer.alloc(512)), 'no files in chart archive'],
    ['an end cut short', gzipSync(Buffer.alloc(513)), 'unexpected EOF'],
    ['less than a block', gzipSync(Buffer.from('x')), 'unexpected EOF'],
    ['a block of nonsense', gzipSync(Buffer.alloc(512, 'x')), 'archive/tar: invalid tar header'],
    ['something that is no gzip', Buffer.from('not gzip, but long enough'), 'gzip: invalid header'],
  ]
  test('missing padding at the end is let pass, a header cut short is not, and what follows the end is not seen', () => {
    const whole = gunzipSync(archiveOf('c/Chart.yaml', { data: 'name: c' }))
    const names = (tar: Buffer): string[] => readArchive(gzipSync(tar)).map((file) => file.name)
    expect(names(whole.subarray(0, 512 + 100))).toEqual(['Chart.yaml'])
    expect(names(Buffer.concat([whole, Buffer.from('junk')]))).toEqual(['Chart.yaml'])
    expect(() => names(whole.subarray(0, 512 + 3))).toThrow('unexpected EOF')
    const entry = whole.subarray(0, 1024)
    expect(() => names(Buffer.concat([entry, Buffer.from('half a header')]))).toThrow('unexpected EOF')
    expect(() => names(Buffer.concat([entry, Buffer.alloc(600)]))).toThrow('unexpected EOF')
  })

  test.each(refused)('refuses %s', (_name, archive, want) => {
    expect(() => readArchive(archive)).toThrow(want)
  })

  test('keeps a symbolic link as an empty file', () => {
    expect(
      readArchive(archiveOf('c/link', { type: '2', size: 0, data: '' })).map(({ name, data }) => [name, data.length]),
    ).toEqual([['link', 0]])
  })

  test('refuses files that are too large together', () => {
    const size = 5 * 1024 * 1024
    const members = Array.from({ length: 21 }, (_, index) =>
      tarHeader({ name: `c/${index}`, size, mode: 0o644, seconds: 0 }),
    )
    const bomb = gzipSync(Buffer.concat(members.flatMap((header) => [...header, Buffer.alloc(size)])), { level: 1 })
    expect(() => readArchive(bomb)).toThrow('decompressed chart is larger than the maximum size 104857600')
  })
})

describe('writing archives', () => {
  const entry = fc.record({
    name: fc.stringMatching(/^c\/[a-z]{1,20}(\/[a-zé]{1,60}){0,4}$/),
    data: fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.stringMatching(/^[ab\n]{0,9000}$/).map(text)),
    modTime: fc.constant<number | undefined>(1_700_000_000_000),
  })

  test('what is written is read back', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { selector: ({ name }) => name, minLength: 1, maxLength: 6 }),
        (entries: ArchiveEntry[]) => {
          const files = readArchive(writeArchive(entries, 0))
          expect(files.map(({ name, data }) => [`c/${name}`, Buffer.from(data).toString('hex')])).toEqual(
            entries.map(({ name, data }) => [name, Buffer.from(data).toString('hex')]),
          )
        },
      ),
      { numRuns: 60 },
    )
  })

  test('times are rounded to the nearest second', () => {
    const seconds = (modTime: number): string =>
      gunzipSync(writeArchive([{ name: 'c/a', data: text('x'), modTime }], 0)).toString('latin1', 136, 147)
    expect([1499, 1500].map((modTime) => Number.parseInt(seconds(modTime), 8))).toEqual([1, 2])
  })

  test('input beyond the window of the compressor survives', () => {
    const data = Buffer.alloc(300_000)
    for (let i = 0; i < data.length; i++) data[i] = (i * i + (i >> 7)) % 251
    const [header] = tarHeader({ name: 'c/a', size: data.length, mode: 0o644, seconds: 0 })
    const tar = gunzipSync(writeArchive([{ name: 'c/a', data, modTime: 0 }], 0))
    expect(tar.subarray(0, 512).equals(Buffer.from(header ?? []))).toBe(true)
    expect(tar.subarray(512, 512 + data.length).equals(data)).toBe(true)
  })
})

test('what follows the archive is not looked at, as in Go', () => {
  const packed = packageChart(loadChartFolder('charts/parts/kit'), { nowMs: 0 })
  expect(loadChartArchive(Buffer.concat([packed, Buffer.from('trailing')])).metadata.name).toBe('kit')
})
