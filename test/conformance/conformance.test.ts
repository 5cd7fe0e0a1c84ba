import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runChartFile } from './chart-cases.ts'
import type { CaseResult, FamilyRunner } from './runner.ts'
import { runSemverFile } from './semver-cases.ts'
import { runTemplateFile } from './template-cases.ts'
import { runValuesFile } from './values-cases.ts'
import { runYamlFile } from './yaml-cases.ts'

const recordings = resolve(import.meta.dirname, '../../../shared/conformance')
const floor = JSON.parse(readFileSync(join(import.meta.dirname, 'floor.json'), 'utf8')) as Record<string, number>

/** Families that take seconds; the others run with `npm run conformance`. */
const families: Readonly<Record<string, FamilyRunner>> = {
  template: runTemplateFile,
  yaml: runYamlFile,
  values: runValuesFile,
  semver: runSemverFile,
  chart: runChartFile,
}

describe.skipIf(!existsSync(recordings))('recorded cases (skipped where ../shared/conformance is absent)', () => {
  test.each(Object.entries(families))('%s: no fewer cases pass than before', async (family, run) => {
    const failed: string[] = []
    let passed = 0
    const report = (result: CaseResult): void => {
      if (result.status === 'passed') passed++
      else if (result.status === 'failed') failed.push(`${result.id}: ${result.detail ?? ''}`)
    }
    const folder = join(recordings, family)
    for (const name of readdirSync(folder).sort()) if (name.endsWith('.jsonl')) await run(join(folder, name), report)
    expect(passed, failed.slice(0, 20).join('\n')).toBeGreaterThanOrEqual(floor[family] ?? 0)
  })
})
