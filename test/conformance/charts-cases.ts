import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { capturedOutput, fixedInput, runCli } from '../../src/cli/index.ts'
import { type CaseResult, difference, type FamilyRunner, readLines } from './runner.ts'

interface ChartsCase {
  readonly id: string
  readonly args: readonly string[]
  readonly exit: number
  readonly stdout?: string
  readonly stderr: string
  readonly maskLines?: readonly number[] | null
  readonly stderrDeterministic?: boolean
}

/** Cases of `charts/*.jsonl`: command lines over packaged charts, run in this process in the folder of the file. */
export const runChartsFile: FamilyRunner = async (file, report) => {
  const folder = dirname(file)
  const before = process.cwd()
  process.chdir(folder)
  try {
    for (const item of readLines<ChartsCase>(file)) report(await runCase(item, folder))
  } finally {
    process.chdir(before)
  }
}

async function runCase(item: ChartsCase, folder: string): Promise<CaseResult> {
  const { id } = item
  const stdout = capturedOutput()
  const stderr = capturedOutput()
  const home = join(folder, 'no-such-home')
  const env = {
    HOME: home,
    TZ: 'UTC',
    PATH: '',
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    CHARTCTL_NAME: 'helm',
  }
  const exit = await runCli(item.args, { io: { stdin: fixedInput(), stdout, stderr }, env })
  const wantedErr = item.stderr.replaceAll('{{DIR}}', folder)
  const wantedOut = item.stdout === undefined ? '' : gunzipSync(readFileSync(join(folder, item.stdout))).toString()
  if (exit !== item.exit) {
    return { id, status: 'failed', detail: `exit ${exit}, want ${item.exit}: ${stderr.text().slice(0, 600)}` }
  }
  if (item.maskLines === null) return { id, status: 'passed' }
  const actual = masked(stdout.text(), item.maskLines)
  const wanted = masked(wantedOut, item.maskLines)
  if (actual !== wanted) return { id, status: 'failed', detail: difference('stdout', actual, wanted) }
  if (item.stderrDeterministic !== false && stderr.text() !== wantedErr) {
    return { id, status: 'failed', detail: difference('stderr', stderr.text(), wantedErr) }
  }
  return { id, status: 'passed' }
}

function masked(text: string, lines: readonly number[] | undefined | null): string {
  if (!lines || lines.length === 0) return text
  const hidden = new Set(lines)
  return text
    .split('\n')
    .map((line, index) => (hidden.has(index + 1) ? '' : line))
    .join('\n')
}
