import { parseArgs } from 'node:util'
import { whyNoHelm } from '../helm.ts'
import { seededRandom } from '../random.ts'
import { commandLine } from './arguments.ts'
import { chartFiles } from './chart.ts'
import { type CommandAnswer, type CommandCase, CommandRunner } from './run.ts'

/**
 * Compares whole commands (template, lint, show, package, dependency, install --dry-run) on generated charts: `--seconds N`,
 * `--count N` charts, `--seed N`. Gives the exit code: 1 when an answer differs.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: 'string' }, count: { type: 'string', default: '200' }, seed: { type: 'string' } },
  })
  const why = whyNoHelm()
  if (why !== undefined) {
    console.log(`skipped: ${why}`)
    return 0
  }
  const until = values.seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.seconds) * 1000
  const charts = values.seconds === undefined ? Number(values.count) : Number.POSITIVE_INFINITY
  const first = values.seed === undefined ? Math.floor(Date.now() / 1000) : Number(values.seed)
  const runner = new CommandRunner()
  let [cases, differing] = [0, 0]
  try {
    for (let chart = 0; chart < charts && Date.now() < until; chart++) {
      for (const given of commandCases(first + chart)) {
        cases++
        const difference = await differs(runner, given)
        if (difference === undefined) continue
        differing++
        const small = await smaller(runner, given)
        console.log(`DIFFERS seed ${first + chart}: ${JSON.stringify(small)}`)
        console.log((await differs(runner, small)) ?? difference)
      }
    }
  } finally {
    runner.close()
  }
  console.log(`commands from seed ${first}: ${cases - differing} passed, ${differing} failed`)
  return differing > 0 ? 1 : 0
}

/** The command lines of a seed, on one chart. */
export function commandCases(seed: number): CommandCase[] {
  const random = seededRandom(seed)
  const files = chartFiles(random)
  return random.some(3, 5, () => ({ files, args: commandLine(random) }))
}

/** How our answer differs from Helm's, as text; undefined when it does not, or when Helm's own varies. */
async function differs(runner: CommandRunner, given: CommandCase): Promise<string | undefined> {
  const ours = await runner.ours(given)
  let text: string | undefined
  for (let round = 0; round < 4; round++) {
    text = difference(await runner.helm(given), ours)
    if (text === undefined) return undefined
  }
  return text
}

function difference(helm: CommandAnswer, ours: CommandAnswer): string | undefined {
  for (const part of ['exit', 'stderr', 'stdout', 'left'] as const) {
    if (helm[part] === ours[part]) continue
    const [a, b] = [String(helm[part]).split('\n'), String(ours[part]).split('\n')]
    const at = Math.max(
      0,
      a.findIndex((line, index) => line !== b[index]),
    )
    const shown = (lines: readonly string[]): string =>
      JSON.stringify(
        lines
          .slice(at, at + 4)
          .join('\n')
          .slice(0, 700),
      )
    const why = part === 'exit' ? `\n  helm: ${helm.stderr.slice(0, 600)}\n  ours: ${ours.stderr.slice(0, 600)}` : ''
    return `  ${part}, line ${at + 1}\n  helm: ${shown(a)}\n  ours: ${shown(b)}${why}`
  }
  return undefined
}

/** The case with as few files, lines and arguments as still differ, within a budget. */
async function smaller(runner: CommandRunner, given: CommandCase): Promise<CommandCase> {
  let [best, left] = [given, 120]
  const tried = async (candidate: CommandCase): Promise<boolean> => {
    if (left-- <= 0 || (await differs(runner, candidate)) === undefined) return false
    best = candidate
    return true
  }
  for (const path of Object.keys(given.files)) {
    const { [path]: _, ...files } = best.files
    await tried({ ...best, files })
  }
  for (let at = best.args.length - 1; at > 1; at--) await tried({ ...best, args: best.args.toSpliced(at, 1) })
  for (const path of Object.keys(best.files)) {
    const lines = best.files[path]!.split('\n')
    for (let at = lines.length - 1; at >= 0 && left > 0; at--) {
      const fewer = lines.toSpliced(at, 1)
      if (await tried({ ...best, files: { ...best.files, [path]: fewer.join('\n') } })) lines.splice(at, 1)
    }
  }
  return best
}
