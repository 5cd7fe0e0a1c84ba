import type { Answer, FuzzCase } from './case.ts'
import { answerText, isSame } from './compare.ts'
import { caseMakers } from './generate/index.ts'
import { helmAnswers } from './helm.ts'
import { allFunctions, ourAnswer } from './ours.ts'
import { seededRandom } from './random.ts'

/** One generated case. */
export interface Generated {
  readonly family: string
  readonly fuzzCase: FuzzCase
}

/** A case to which we do not answer what Helm answers. */
export interface Difference extends Generated {
  readonly ours: Answer
  readonly want: Answer
}

/** Generates cases: of one family, or of all by their shares. Throws for a family that is not there. */
export function generate(seed: number, count: number, family?: string): Generated[] {
  const random = seededRandom(seed)
  const makers = caseMakers(random, allFunctions())
  const only = family === undefined ? undefined : makers.get(family)
  if (family !== undefined && only === undefined)
    throw new Error(`no such family: ${family} (${[...makers.keys()].join(', ')})`)
  const choices = [...makers].map(
    ([name, [share, make]]) => [share, () => ({ family: name, fuzzCase: make() })] as const,
  )
  return Array.from({ length: count }, () =>
    only === undefined || family === undefined ? random.weighted(choices) : { family, fuzzCase: only[1]() },
  )
}

/** The cases where our answer is not Helm's, each confirmed by asking again: what Helm answers differently is nobody's fault. */
export async function differences(cases: readonly Generated[]): Promise<Difference[]> {
  const ours = cases.map(({ fuzzCase }) => ourAnswer(fuzzCase))
  const helm = await helmAnswers(
    cases.map(({ fuzzCase }) => fuzzCase),
    (index) => 'error' in ours[index]!,
  )
  const found: Difference[] = []
  for (const [index, generated] of cases.entries()) {
    const [own, want] = [ours[index]!, helm[index]!]
    if (!sameAnswer(generated.fuzzCase, own, want)) found.push({ ...generated, ours: own, want })
  }
  return confirmed(found)
}

async function confirmed(found: readonly Difference[]): Promise<Difference[]> {
  let left = [...found]
  for (let round = 0; round < 3 && left.length > 0; round++) {
    const again = await helmAnswers(
      left.map(({ fuzzCase }) => fuzzCase),
      (index) => 'error' in left[index]!.want,
    )
    left = left.filter(({ fuzzCase, want }, index) => isSame(fuzzCase, want, again[index]!))
  }
  // A case by itself may show that only its neighbours in a chart made the difference.
  return left.filter(({ fuzzCase, ours, want }) => !sameAnswer(fuzzCase, ours, want))
}

/** Whether the answers agree; a chart of its own is seen through `helm template`, which cuts spaces at the end of a document. */
export function sameAnswer(fuzzCase: FuzzCase, ours: Answer, want: Answer): boolean {
  if (isSame(fuzzCase, ours, want)) return true
  if ('error' in ours || 'error' in want) return false
  const trimmed = new Map(
    [...ours.rendered].map(([path, text]) => [path, text.trim()] as const).filter(([, text]) => text !== ''),
  )
  return (
    fuzzCase.filesBase64 === undefined && answerText(fuzzCase, { rendered: trimmed }) === answerText(fuzzCase, want)
  )
}
