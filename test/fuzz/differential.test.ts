import { describe, expect, test } from 'vitest'
import { answerText } from './compare.ts'
import { whyNoHelm } from './helm.ts'
import { differences, generate } from './run.ts'

const why = whyNoHelm()
if (why !== undefined) console.log(`differential fuzzing skipped: ${why}`)

describe('generated charts', () => {
  test('a seed always gives the same cases, of every family', () => {
    const cases = generate(7, 300)
    expect(generate(7, 300)).toEqual(cases)
    expect(new Set(cases.map(({ family }) => family)).size).toBeGreaterThan(10)
  })

  test.skipIf(why !== undefined)('render as the helm on the PATH renders them', { timeout: 300_000 }, async () => {
    const found = await differences(generate(20_261_121, 200))
    const shown = found.map(({ family, fuzzCase, ours, want }) => ({
      family,
      templates: fuzzCase.templates,
      ours: answerText(fuzzCase, ours),
      want: answerText(fuzzCase, want),
    }))
    expect(shown).toEqual([])
  })
})
