import { parseArgs } from 'node:util'
import { seededRandom } from '../random.ts'
import { problemOf } from './check.ts'
import { keepFinding } from './findings.ts'
import { mutated, type Target, targets } from './targets.ts'

/**
 * Feeds the parsers with inputs that are nearly right, deep, long or broken: `--target NAME`, `--seconds N` for each, `--seed N`,
 * `--keep` to add findings to the corpus. Gives the exit code: 1 when an input gave an untyped error or took too long.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
    },
  })
  const names = values.target === undefined ? Object.keys(targets) : values.target.split(',')
  let found = 0
  for (const name of names) {
    const target = targets[name]
    if (target === undefined) throw new Error(`no such parser: ${name} (${Object.keys(targets).join(', ')})`)
    found += runTarget(name, target, Number(values.seconds), Number(values.seed), values.keep)
  }
  return found > 0 ? 1 : 0
}

function runTarget(name: string, target: Target, seconds: number, seed: number, keeps: boolean): number {
  const random = seededRandom(seed)
  const until = Date.now() + seconds * 1000
  const seen = new Set<string>()
  let inputs = 0
  for (; Date.now() < until; inputs++) {
    let input = target.make(random)
    for (let round = random.int(4); round > 0; round--) input = mutated(random, input, target.pieces)
    const problem = problemOf(target, input)
    const kind = problem?.replace(/\d+/g, '').split('\n').slice(0, 2).join(' ')
    if (problem === undefined || kind === undefined || seen.has(kind)) continue
    // Slow once may be the machine's fault.
    if (problem.startsWith('slow') && problemOf(target, input) === undefined) continue
    seen.add(kind)
    console.log(`FOUND ${name}: ${problem}\n  ${JSON.stringify(Buffer.from(input).toString('latin1').slice(0, 400))}`)
    if (keeps) keepFinding(name, input, problem)
  }
  console.log(`${name}: ${inputs} inputs, ${seen.size} problems`)
  return seen.size
}
