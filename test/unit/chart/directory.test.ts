import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogRecord } from '../../../src/base/index.ts'
import { readChartFolder } from '../../../src/chart/load/directory.ts'

let folder: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'chartctl-links-')))
  mkdirSync(join(folder, 'chart', 'docs'), { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('links in a chart folder', () => {
  it('are followed', () => {
    writeFileSync(join(folder, 'licence'), 'yes')
    symlinkSync('../../licence', join(folder, 'chart', 'docs', 'LICENCE'))
    const files = readChartFolder(join(folder, 'chart'))
    expect(files.map((file) => [file.name, Buffer.from(file.data).toString()])).toEqual([['docs/LICENCE', 'yes']])
  })

  it('to a folder above end where the system has had enough, each step said as Helm does', () => {
    symlinkSync('.', join(folder, 'chart', 'docs', 'round'))
    const said: unknown[] = []
    const log = (record: LogRecord): void => void said.push(record.attributes[0]?.[1])
    const deepest = join(folder, 'chart', 'docs', ...Array.from({ length: 41 }, () => 'round'))
    expect(() => readChartFolder(join(folder, 'chart'), { log })).toThrow(
      `open ${deepest}: too many levels of symbolic links`,
    )
    expect(said.length).toBe(41)
    expect(said.at(-1)).toBe(deepest)
  })

  it('that lead nowhere are reported with the place they lead to', () => {
    const link = join(folder, 'chart', 'docs', 'LICENCE')
    symlinkSync('../../absent/licence', link)
    expect(() => readChartFolder(join(folder, 'chart'))).toThrow(
      `error evaluating symlink ${link}: lstat ${folder}/absent: no such file or directory`,
    )
  })
})
