import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../support/program.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chartctl-launcher-'))
  for (const part of ['bin', 'dist/cli', 'package.json']) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true })
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function launch(program = path.join(folder, 'bin/chartctl.js'), args: readonly string[] = ['version', '--short']) {
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CACHE_HOME: path.join(folder, 'cache') }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

const answer = { status: 0, stdout: 'v4.2.4\n', stderr: '' }
const variantFolder = (parent: string) => path.join(parent, readdirSync(parent)[0] ?? '')

/** Runs of a command that are recorded. */
const RECORDED_RUNS = 3

test('compiled code is kept beside the program, and used', () => {
  for (let run = 0; run < RECORDED_RUNS; run++) expect(launch()).toEqual(answer)
  const codes = variantFolder(path.join(folder, 'dist/code'))
  const main = path.join(codes, 'cli-main.bin')
  const before = readFileSync(main)
  expect(launch()).toEqual(answer)
  expect(readFileSync(main).equals(before)).toBe(true)
})

test('where the program cannot write, compiled code is kept in the cache folder of the user', () => {
  writeFileSync(path.join(folder, 'dist/code'), '')
  expect(launch()).toEqual(answer)
  expect(launch()).toEqual(answer)
  expect(readdirSync(variantFolder(path.join(folder, 'cache/chartctl/code')))).toContain('cli-main.bin')
})

/** A user that may write nothing here, for tests that run as root; undefined when these run as somebody else. */
const nobody = process.getuid?.() === 0 ? 65_534 : undefined
/** Somebody else may not be let to where this Node is installed. */
const canRun = nobody === undefined || spawnSync(process.execPath, ['-v'], { uid: nobody }).status === 0

test.skipIf(!canRun)(
  'what is missing beside a program that cannot write is kept and read in the cache folder of the user, until enough runs are recorded',
  () => {
    launch()
    const own = variantFolder(path.join(folder, 'dist/code'))
    const missing = readdirSync(own).find((file) => file !== 'cli-main.bin') ?? ''
    rmSync(path.join(own, missing))
    chmodSync(folder, 0o755)
    chmodSync(own, 0o555)
    const home = path.join(folder, 'home')
    mkdirSync(home)
    const uid = nobody
    if (uid !== undefined) chownSync(home, uid, uid)
    const run = () => {
      const env = { PATH: process.env.PATH, HOME: home }
      const args = [path.join(folder, 'bin/chartctl.js'), 'version', '--short']
      return spawnSync(process.execPath, args, { env, encoding: 'utf8', ...(uid === undefined ? {} : { uid }) }).stdout
    }
    expect(run()).toBe(answer.stdout)
    const kept = variantFolder(path.join(home, '.cache/chartctl/code'))
    expect(readdirSync(kept)).toEqual([missing])
    for (let more = 1; more < RECORDED_RUNS; more++) run()
    const { ino } = statSync(path.join(kept, missing))
    expect(run()).toBe(answer.stdout)
    expect(statSync(path.join(kept, missing)).ino).toBe(ino)
  },
)

test('what is loaded after V8 was tuned has caches of its own, made once the others are complete', () => {
  const chart = path.join(folder, 'web')
  launch(undefined, ['create', chart])
  // What few values files need is in a part that is loaded when one does.
  const values = path.join(folder, 'values.yaml')
  writeFileSync(values, 'a: &a {b: [1]}\nc: *a\n')
  const render = () => launch(undefined, ['template', 'web', chart, '-f', values])
  const [first, ...more] = Array.from({ length: 2 * RECORDED_RUNS }, render)
  expect(first?.status).toBe(0)
  for (const run of more) expect(run.stdout).toBe(first?.stdout)
  const codes = path.join(folder, 'dist/code')
  const kept = (end: string) => {
    const variant = readdirSync(codes).find((name) => name.endsWith(end)) ?? ''
    return variant === '' ? [] : readdirSync(path.join(codes, variant))
  }
  expect(kept('-template')).toContain('cli-main.bin')
  expect(kept('-template-tuned')).not.toEqual([])
  expect(kept('-template-tuned')).not.toContain('cli-main.bin')
})

test('where nothing can be written, the program works', () => {
  writeFileSync(path.join(folder, 'dist/code'), '')
  writeFileSync(path.join(folder, 'cache'), '')
  expect(launch()).toEqual(answer)
})

test('a cache of another text, or a damaged one, is not used', () => {
  launch()
  const main = path.join(variantFolder(path.join(folder, 'dist/code')), 'cli-main.bin')
  const good = readFileSync(main)
  for (const bad of [
    Buffer.concat([Buffer.from('0'.repeat(16)), good.subarray(16)]),
    good.subarray(0, 300),
    Buffer.alloc(0),
  ]) {
    writeFileSync(main, bad)
    expect(launch()).toEqual(answer)
    expect(readFileSync(main).subarray(0, 16)).toEqual(good.subarray(0, 16))
  }
})

test('caches of scripts that are gone are removed', () => {
  launch()
  const codes = variantFolder(path.join(folder, 'dist/code'))
  writeFileSync(path.join(codes, 'cli-gone.bin'), '')
  rmSync(path.join(codes, 'cli-main.bin'))
  launch()
  expect(existsSync(path.join(codes, 'cli-gone.bin'))).toBe(false)
})

test('a link named helm is the program under that name', () => {
  mkdirSync(path.join(folder, 'links'))
  const link = path.join(folder, 'links/helm')
  symlinkSync(path.join(folder, 'bin/chartctl.js'), link)
  expect(launch(link, ['nonsense']).stderr).toContain('unknown command "nonsense" for "helm"')
})
