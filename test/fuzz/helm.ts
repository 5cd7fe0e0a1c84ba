import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fromBytes } from '../../src/go/index.ts'
import type { Answer, FuzzCase } from './case.ts'
import { snippetOf } from './generate/index.ts'

/** The version whose behaviour is compared; the first two numbers must agree. */
const wantedVersion = /^v4\.2\./

/** Cases in one chart, when none of them is expected to fail. */
const batchSize = 150
const parallel = 2

/** Why there is nothing to compare with; undefined when a fitting `helm` is on the PATH. */
export function whyNoHelm(): string | undefined {
  const result = spawnSync('helm', ['version', '--template', '{{.Version}}'], { encoding: 'utf8' })
  if (result.error !== undefined || result.status !== 0) return 'no helm on the PATH'
  const version = result.stdout.trim()
  return wantedVersion.test(version) ? undefined : `helm on the PATH is ${version}, not 4.2`
}

/**
 * What `helm template` answers to each case. Cases of the shared chart that probably render go many in one chart, as partials
 * whose texts one manifest shows in base64; when such a chart fails, its halves are tried. All others run by themselves.
 */
export async function helmAnswers(
  cases: readonly FuzzCase[],
  expectsError: (index: number) => boolean,
): Promise<Answer[]> {
  const home = mkdtempSync(join(tmpdir(), 'chartctl-fuzz-'))
  try {
    const helm = new Helm(home)
    const answers: Answer[] = []
    const alone: number[] = []
    const together: number[] = []
    for (const index of cases.keys())
      (isBatchable(cases[index]!) && !expectsError(index) ? together : alone).push(index)
    const jobs: (() => Promise<void>)[] = []
    for (let at = 0; at < together.length; at += batchSize) {
      const group = together.slice(at, at + batchSize)
      jobs.push(() => helm.batch(cases, group, answers))
    }
    for (const index of alone) {
      jobs.push(async () => {
        answers[index] = await helm.single(cases[index]!, expectsError(index))
      })
    }
    const workers = Array.from({ length: parallel }, async () => {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job()
    })
    await Promise.all(workers)
    return answers
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** A snippet that neither defines templates nor changes values, which the others in its chart would see. */
function isBatchable(fuzzCase: FuzzCase): boolean {
  const text = snippetOf(fuzzCase)
  return text !== undefined && !/\b(?:define|block|set|unset|(?:mustM|m)erge(?:Overwrite)?)\b/.test(text)
}

const partial = (index: number): string => `templates/_case${index}.tpl`
const shown = (key: string, path: string): string => `${key}: {{ include "c/${path}" . | b64enc }}\n`

class Helm {
  readonly #home: string
  #charts = 0

  constructor(home: string) {
    this.#home = home
  }

  async batch(cases: readonly FuzzCase[], group: readonly number[], answers: Answer[]): Promise<void> {
    const [first] = group
    if (first === undefined) return
    if (group.length === 1) {
      answers[first] = await this.single(cases[first]!, false)
      return
    }
    const texts = group.map((index) => [partial(index), snippetOf(cases[index]!) ?? ''] as const)
    const templates = {
      ...Object.fromEntries(texts),
      'templates/out.yaml': group.map((index) => shown(`case${index}`, partial(index))).join(''),
    }
    const result = await this.#run({ ...cases[first]!, templates })
    if ('error' in result) {
      const middle = Math.ceil(group.length / 2)
      await this.batch(cases, group.slice(0, middle), answers)
      await this.batch(cases, group.slice(middle), answers)
      return
    }
    for (const index of group) {
      const encoded = new RegExp(`^case${index}: (.*)$`, 'm').exec(result.stdout)?.[1]
      answers[index] = { rendered: new Map([['c/templates/t.yaml', decoded(encoded ?? '')]]) }
    }
  }

  /** A case in a chart of its own; where an error is expected, the chart is first tried as it is, for the text of the error. */
  async single(fuzzCase: FuzzCase, expectsError: boolean): Promise<Answer> {
    const text = snippetOf(fuzzCase)
    if (text === undefined) {
      const result = await this.#run(fuzzCase)
      return 'error' in result ? result : { rendered: manifestsOf(result.stdout) }
    }
    if (expectsError) {
      const result = await this.#run(fuzzCase)
      if ('error' in result && !result.error.startsWith('YAML parse error on')) return result
    }
    const templates = { [partial(0)]: text, 'templates/out.yaml': shown('case0', partial(0)) }
    const result = await this.#run({ ...fuzzCase, templates })
    if ('error' in result)
      return expectsError ? result : this.#run(fuzzCase).then((plain) => ('error' in plain ? plain : result))
    return { rendered: new Map([['c/templates/t.yaml', decoded(/^case0: (.*)$/m.exec(result.stdout)?.[1] ?? '')]]) }
  }

  async #run(fuzzCase: FuzzCase): Promise<{ readonly stdout: string } | { readonly error: string }> {
    const folder = join(this.#home, String(this.#charts++))
    writeCase(folder, fuzzCase)
    const many = (flag: string, values: readonly string[] = []): string[] => values.flatMap((value) => [flag, value])
    const args = [
      ...['template', 'rel', './c', '--namespace', 'ns'],
      ...many(
        '--values',
        (fuzzCase.valueFiles ?? []).map((_, index) => `values-${index}.yaml`),
      ),
      ...many('--set-json', fuzzCase.setJson),
      ...many('--set', fuzzCase.set),
      ...many('--set-string', fuzzCase.setString),
      ...many('--set-file', fuzzCase.setFile),
      ...many('--set-literal', fuzzCase.setLiteral),
    ]
    const env = {
      PATH: process.env.PATH,
      HOME: this.#home,
      HELM_CACHE_HOME: this.#home,
      HELM_CONFIG_HOME: this.#home,
      HELM_DATA_HOME: this.#home,
      KUBECONFIG: '/dev/null',
      TZ: 'UTC',
    }
    const result = await new Promise<{ stdout: string } | { error: string }>((done) => {
      execFile(
        'helm',
        args,
        { cwd: folder, env, maxBuffer: 1 << 28, encoding: 'buffer', timeout: 30_000 },
        (error, stdout, stderr) => {
          done(error === null ? { stdout: fromBytes(stdout) } : { error: errorOf(fromBytes(stderr)) })
        },
      )
    })
    rmSync(folder, { recursive: true, force: true })
    return result
  }
}

function writeCase(folder: string, fuzzCase: FuzzCase): void {
  const write = (path: string, data: string | Uint8Array): void => {
    const full = join(folder, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, data)
  }
  const { files = {}, filesBase64 = {}, templates = {}, valueFiles = [], inputs = {} } = fuzzCase
  if (files['Chart.yaml'] === undefined) write('c/Chart.yaml', '{apiVersion: v2, name: c, version: 0.1.0}\n')
  for (const [path, text] of Object.entries({ ...templates, ...files })) write(`c/${path}`, text)
  for (const [path, text] of Object.entries(filesBase64)) write(`c/${path}`, Buffer.from(text, 'base64'))
  for (const [index, text] of valueFiles.entries()) write(`values-${index}.yaml`, text)
  for (const [path, text] of Object.entries(inputs)) write(path, text)
}

/** The text after `Error: `, without the step that only the command line names and the advice that follows it. */
function errorOf(stderr: string): string {
  const at = stderr.startsWith('Error: ') ? 0 : stderr.indexOf('\nError: ') + 1
  const text = stderr.slice(at + 'Error: '.length).replace(/\n$/, '')
  return text
    .replace(/^chart dependencies processing failed: /, '')
    .replace(/\n\nUse --debug flag to render out invalid YAML$/, '')
}

/** What an action prints for no value is taken out only after the whole template has run. */
function decoded(base64: string): string {
  return fromBytes(Buffer.from(base64, 'base64')).replaceAll('<no value>', '')
}

/** Rendered files by path; cases with a chart of their own have one document in each. */
function manifestsOf(stdout: string): Map<string, string> {
  const manifests = new Map<string, string>()
  for (const part of stdout.split(/^---\n# Source: /m).slice(1)) {
    const end = part.indexOf('\n')
    manifests.set(part.slice(0, end), part.slice(end + 1).trimEnd())
  }
  return manifests
}
