import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

  it('that lead nowhere are reported with the place they lead to', () => {
    const link = join(folder, 'chart', 'docs', 'LICENCE')
    symlinkSync('../../absent/licence', link)
    expect(() => readChartFolder(join(folder, 'chart'))).toThrow(
      `error evaluating symlink ${link}: lstat ${folder}/absent: no such file or directory`,
    )
  })
})
