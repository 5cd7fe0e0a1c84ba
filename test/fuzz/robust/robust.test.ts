import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../random.ts'
import { problemOf } from './check.ts'
import { findingsFolder } from './findings.ts'
import { mutated, targets } from './targets.ts'

describe('parsers of what others have written', () => {
  test.each(Object.entries(targets))('%s: broken inputs give typed errors in good time', (_name, target) => {
    const random = seededRandom(99)
    for (let round = 0; round < 60; round++) {
      const input = mutated(random, target.make(random), [])
      expect(problemOf(target, input), Buffer.from(input).toString('latin1')).toBeUndefined()
    }
  })

  const files = existsSync(findingsFolder) ? readdirSync(findingsFolder) : []
  test.each(files)('findings of %s stay mended', (file) => {
    const target = targets[file.replace('.jsonl', '')]
    const lines = readFileSync(join(findingsFolder, file), 'utf8').split('\n')
    const findings = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as { data: string })
    expect(target).toBeDefined()
    for (const { data } of findings) {
      const input = Buffer.from(data, 'base64')
      expect(target && problemOf(target, input), input.toString('latin1').slice(0, 200)).toBeUndefined()
    }
  })

  test('what is nested or repeated without end is refused', () => {
    const deep: Readonly<Record<string, string>> = {
      yaml: '['.repeat(20_000),
      json: '{"a":'.repeat(20_000),
      toml: `a=${'{a='.repeat(2000)}`,
      set: `a${'.a'.repeat(5000)}=1`,
      template: '{{ if 1 }}'.repeat(3000),
    }
    for (const [name, text] of Object.entries(deep)) {
      const target = targets[name]
      expect(target && problemOf(target, Buffer.from(text)), name).toBeUndefined()
    }
  })
})
