import { absolutePath, FileError } from '../file-system.ts'
import { bad, good, type Input, type Machine, type Output, type ShellState } from './machine.ts'
import { type Command, parseScript, type Pipeline, ShellSyntaxError, type Word } from './parse.ts'
import { programs } from './programs.ts'

const noInput: Input = async () => Buffer.alloc(0)

/** The state of a new shell. */
export function newShell(machine: Machine): ShellState {
  return { folder: machine.workingFolder, variables: new Map(machine.variables), lastCode: 0, exited: false }
}

/** Runs one program without a shell, as `exec` does. */
export async function runProgram(machine: Machine, argv: readonly string[], stdin: Input = noInput): Promise<Output> {
  return call(machine, newShell(machine), argv, stdin)
}

/** Runs a script in a shell and collects what it printed. */
export async function runScript(
  machine: Machine,
  state: ShellState,
  script: string,
  stdin: Input = noInput,
): Promise<Output> {
  let pipelines: readonly Pipeline[]
  try {
    pipelines = parseScript(script)
  } catch (error) {
    if (error instanceof ShellSyntaxError) return bad(`sh: ${error.message}`, 2)
    throw error
  }
  let stdout = ''
  let stderr = ''
  for (const pipeline of pipelines) {
    if (pipeline.when === 'success' && state.lastCode !== 0) continue
    if (pipeline.when === 'failure' && state.lastCode === 0) continue
    const result = await runPipeline(machine, state, pipeline, stdin)
    stdout += result.stdout
    stderr += result.stderr
    state.lastCode = pipeline.negated ? Number(result.code === 0) : result.code
    if (state.exited) break
  }
  return { stdout, stderr, code: state.lastCode }
}

async function runPipeline(machine: Machine, state: ShellState, pipeline: Pipeline, stdin: Input): Promise<Output> {
  let input = stdin
  let stderr = ''
  let result = good()
  for (const command of pipeline.commands) {
    result = await runCommand(machine, state, command, input)
    const piped = result.binary ?? Buffer.from(result.stdout)
    input = async () => piped
    stderr += result.stderr
  }
  return { ...result, stderr }
}

async function runCommand(machine: Machine, state: ShellState, command: Command, piped: Input): Promise<Output> {
  const words: string[] = []
  for (const word of command.words) words.push(...(await expandWord(machine, state, word)))
  let stdin = piped
  try {
    for (const { mode, target } of command.redirections) {
      if (mode !== 'read') continue
      const content = Buffer.from(machine.files.read(await pathOf(machine, state, target)))
      stdin = async () => content
    }
  } catch (error) {
    if (error instanceof FileError) return bad(`sh: can't open: ${error.message}`)
    throw error
  }
  let result = assigned(state, words) ? good() : await call(machine, state, words, stdin)
  for (const { stream, mode, target } of command.redirections) {
    if (mode === 'read') continue
    if (mode === 'join') {
      result =
        stream === 2
          ? { ...result, stdout: result.stdout + result.stderr, stderr: '' }
          : { ...result, stdout: '', stderr: result.stderr + result.stdout }
      continue
    }
    const text = stream === 1 ? result.stdout : result.stderr
    const path = await pathOf(machine, state, target)
    result = { ...result, [stream === 1 ? 'stdout' : 'stderr']: '' }
    if (path === '/dev/null') continue
    try {
      const old = mode === 'append' && machine.files.exists(path) ? machine.files.read(path) : ''
      machine.files.write(path, old + text)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      result = { ...result, stderr: `${result.stderr}sh: can't create ${path}: ${error.message}\n`, code: 1 }
    }
  }
  return result
}

async function pathOf(machine: Machine, state: ShellState, word: Word): Promise<string> {
  return absolutePath(state.folder, (await expandWord(machine, state, word)).join(' '))
}

/** `NAME=value` words before a command set variables; alone they are the command. */
function assigned(state: ShellState, words: string[]): boolean {
  while (/^[A-Za-z_][A-Za-z0-9_]*=/.test(words[0] ?? '')) {
    const [first = ''] = words.splice(0, 1)
    const at = first.indexOf('=')
    state.variables.set(first.slice(0, at), first.slice(at + 1))
  }
  return words.length === 0
}

async function expandWord(machine: Machine, state: ShellState, word: Word): Promise<string[]> {
  let text = ''
  let split = false
  for (const part of word.parts) {
    if (part.kind === 'text') text += part.text
    else if (part.kind === 'variable') {
      text += variable(state, part.name, part.fallback)
      split = true
    } else {
      text += (await runScript(machine, { ...state }, part.script)).stdout.replace(/\n+$/, '')
      split = true
    }
  }
  if (word.quoted) return [text]
  const words = split ? text.split(/\s+/).filter(Boolean) : text === '' ? [] : [text]
  return words.flatMap((each) => (/[*?]/.test(each) ? matching(machine, state, each) : [each]))
}

function variable(state: ShellState, name: string, fallback: string | undefined): string {
  if (name === '?') return String(state.lastCode)
  if (name === '$') return '7'
  const value = state.variables.get(name)
  return value === undefined || value === '' ? (fallback ?? value ?? '') : value
}

/** File names that match a pattern in the last part of a path; the pattern itself where none does. */
function matching(machine: Machine, state: ShellState, pattern: string): string[] {
  const cut = pattern.lastIndexOf('/') + 1
  const folder = absolutePath(state.folder, pattern.slice(0, cut) || '.')
  const source = pattern.slice(cut).replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const expression = new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`)
  const names = machine.files.isFolder(folder)
    ? machine.files.list(folder).filter((name) => expression.test(name) && !name.startsWith('.'))
    : []
  return names.length === 0 ? [pattern] : names.map((name) => pattern.slice(0, cut) + name)
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash'])

async function call(machine: Machine, state: ShellState, argv: readonly string[], stdin: Input): Promise<Output> {
  const [name = '', ...args] = argv
  const base = name.slice(name.lastIndexOf('/') + 1)
  if (SHELLS.has(base)) return shell(machine, args, stdin)
  const program = programs[base]
  if (program === undefined) {
    return bad(`${name}: not available in a simulated container`, 127)
  }
  return program({ machine, session: state, args, bytes: stdin })
}

/** `sh -c SCRIPT`, or a script on standard input. */
async function shell(machine: Machine, args: readonly string[], stdin: Input): Promise<Output> {
  const at = args.findIndex((arg) => /^-[a-z]*c[a-z]*$/.test(arg))
  const state = newShell(machine)
  if (at >= 0) return runScript(machine, state, args[at + 1] ?? '', stdin)
  const file = args.find((arg) => !arg.startsWith('-'))
  if (file === undefined) return runScript(machine, state, (await stdin()).toString('utf8'))
  try {
    return await runScript(machine, state, machine.files.read(absolutePath(state.folder, file)), stdin)
  } catch (error) {
    if (error instanceof FileError) return bad(`sh: can't open '${file}': ${error.message}`, 2)
    throw error
  }
}
