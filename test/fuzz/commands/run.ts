import { execFile } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readArchive } from '../../../src/chart/index.ts'
import { capturedOutput, fixedInput, runCli } from '../../../src/cli/index.ts'
import type { ChartFiles } from './chart.ts'

/** Command lines that are run one after another, each on a fresh copy of the chart in `./c`. */
export interface CommandCase {
  readonly files: ChartFiles
  readonly args: readonly string[]
}

/** What a command answered, with the files that it left, in words that two folders share. */
export interface CommandAnswer {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly left: string
}

/** Files beside the chart. */
const beside: Readonly<Record<string, string>> = { 'v.yaml': 'x: 5\ns: {x: 6}\n', 'w.yaml': 'x: [1\n' }

/** Runs commands with Helm and with the sources, in folders whose names are equally long. */
export class CommandRunner {
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), 'chartctl-commands-')))

  close(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }

  /** What Helm answers. */
  async helm(given: CommandCase): Promise<CommandAnswer> {
    const { folder, env } = this.#prepare('helm', given)
    const answer = await new Promise<Pick<CommandAnswer, 'exit' | 'stdout' | 'stderr'>>((done) => {
      const child = execFile(
        'helm',
        [...given.args],
        { cwd: folder, env, maxBuffer: 1 << 28, timeout: 60_000 },
        (error, stdout, stderr) => {
          done({ exit: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })
        },
      )
      child.stdin?.end()
    })
    return steady(answer, folder)
  }

  /** What we answer. */
  async ours(given: CommandCase): Promise<CommandAnswer> {
    const { folder, env } = this.#prepare('ours', given)
    const [stdout, stderr] = [capturedOutput(), capturedOutput()]
    const before = process.cwd()
    process.chdir(folder)
    try {
      const exit = await runCli([...given.args], {
        io: { stdin: fixedInput(''), stdout, stderr },
        env: { ...env, CHARTCTL_NAME: 'helm' },
        programPath: 'helm',
      })
      return steady({ exit, stdout: stdout.text(), stderr: stderr.text() }, folder)
    } catch (error) {
      return { exit: -1, stdout: '', stderr: `threw ${error instanceof Error ? error.stack : String(error)}`, left: '' }
    } finally {
      process.chdir(before)
    }
  }

  #prepare(who: string, { files }: CommandCase): { folder: string; env: Record<string, string> } {
    const home = join(this.#root, who)
    rmSync(home, { recursive: true, force: true })
    const folder = join(home, 'work')
    mkdirSync(join(folder, 'c'), { recursive: true })
    const all = { ...beside, ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`c/${path}`, text])) }
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      HELM_CACHE_HOME: join(home, 'cache'),
      HELM_CONFIG_HOME: join(home, 'config'),
      HELM_DATA_HOME: join(home, 'data'),
      KUBECONFIG: '/dev/null',
      TZ: 'UTC',
    }
    return { folder, env }
  }
}

/** Without what differs from run to run: the folder, times, random names, the order of lines that Helm takes from maps. */
function steady(answer: Omit<CommandAnswer, 'left'>, folder: string): CommandAnswer {
  const plain = (text: string): string =>
    text
      .replaceAll(dirname(folder), '{{HOME}}')
      .replace(/^LAST DEPLOYED: .*$/gm, 'LAST DEPLOYED:')
      .replace(/"?(?:first_deployed|last_deployed|last_run|started_at|completed_at)"?: ?"?[\w:.+-]+"?/g, 'TIME')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)/g, 'TIME')
  const lines = answer.stderr.split('\n')
  const mixed = lines.some((line) => /^ *- at '|^level=|additional properties/.test(line))
  return {
    exit: answer.exit,
    stdout: plain(answer.stdout),
    stderr: plain(mixed ? lines.sort().join('\n') : answer.stderr),
    left: filesBelow(folder)
      .map((path) => `${path} ${describe(join(folder, path))}`)
      .join('\n'),
  }
}

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(prefix, entry.name)
      return entry.isDirectory() ? [`${path}/`, ...filesBelow(folder, path)] : [path]
    })
}

function describe(path: string): string {
  if (path.endsWith('/')) return ''
  const mode = (statSync(path).mode & 0o777).toString(8)
  const data = readFileSync(path)
  if (!path.endsWith('.tgz')) return `${mode} ${data.toString('latin1').replace(/^generated: .*$/m, 'generated:')}`
  try {
    return `${mode} ${readArchive(data)
      .map(
        ({ name, data: bytes }) =>
          `${name} ${Buffer.from(bytes)
            .toString('latin1')
            .replace(/^generated: .*$/m, '')}`,
      )
      .join('\n')}`
  } catch (error) {
    return `${mode} unreadable: ${String(error)}`
  }
}
