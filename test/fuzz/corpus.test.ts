import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runTemplateFile } from '../conformance/template-cases.ts'
import { corpusFolder } from './corpus.ts'

const files = existsSync(corpusFolder) ? readdirSync(corpusFolder).filter((name) => name.endsWith('.jsonl')) : []

describe('cases in which we once differed from Helm', () => {
  test('there are some', () => expect(files.length).toBeGreaterThan(5))

  test.each(files)('%s', async (name) => {
    const failed: string[] = []
    let passed = 0
    await runTemplateFile(join(corpusFolder, name), (result) => {
      if (result.status === 'passed') passed++
      else failed.push(`${result.id}: ${result.detail ?? ''}`)
    })
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(0)
  })
})
