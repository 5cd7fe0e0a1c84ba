import { parseArgs } from 'node:util'
import { answerText, isSame } from './compare.ts'
import { keep, toVector } from './corpus.ts'
import { helmAnswers, whyNoHelm } from './helm.ts'
import { ourAnswer } from './ours.ts'
import { type Difference, differences, generate, sameAnswer } from './run.ts'
import { shrink } from './shrink.ts'

const usage = `Compares rendering with the helm on the PATH over generated cases.
  --count N      cases (default 1000)
  --seconds N    go on with new cases for this long
  --seed N       where to begin (default: the time)
  --family NAME  only cases of this family
  --keep         add what differs to test/fuzz/corpus
`

/** Runs the fuzzer with command-line arguments. Gives the exit code: 1 when an answer differs. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '1000' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      family: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const why = whyNoHelm()
  if (why !== undefined) {
    console.log(`skipped: ${why}`)
    return 0
  }
  const until = values.seconds === undefined ? 0 : Date.now() + Number(values.seconds) * 1000
  let seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed)
  let [cases, differing] = [0, 0]
  do {
    const generated = generate(seed, Number(values.count), values.family)
    const found = await differences(generated)
    for (const difference of found) await report(difference, values.keep)
    cases += generated.length
    differing += found.length
    console.log(`seed ${seed}: ${generated.length} cases, ${found.length} differ`)
    seed++
  } while (Date.now() < until)
  console.log(`${cases - differing} passed, ${differing} failed`)
  return differing > 0 ? 1 : 0
}

async function report(difference: Difference, keeps: boolean): Promise<void> {
  const ask = async (fuzzCase: Difference['fuzzCase']): Promise<Difference> => {
    const ours = ourAnswer(fuzzCase)
    const [want = ours] = await helmAnswers([fuzzCase], () => 'error' in ours)
    return { family: difference.family, fuzzCase, ours, want }
  }
  const small = await shrink(difference.fuzzCase, async (fuzzCase) => {
    const { ours, want } = await ask(fuzzCase)
    // What is made smaller may turn into a call that answers at random.
    return !sameAnswer(fuzzCase, ours, want) && isSame(fuzzCase, want, (await ask(fuzzCase)).want)
  })
  const { family, fuzzCase, ours, want } = await ask(small)
  const { filesBase64: _, files, ...visible } = fuzzCase
  console.log(
    `DIFFERS ${family}: ${JSON.stringify(fuzzCase.filesBase64 === undefined ? { ...visible, files } : visible)}`,
  )
  console.log(
    `  helm: ${JSON.stringify(answerText(fuzzCase, want))}\n  ours: ${JSON.stringify(answerText(fuzzCase, ours))}`,
  )
  const vector = toVector('', fuzzCase, want)
  if (keeps && vector !== undefined) keep(family, vector)
}
