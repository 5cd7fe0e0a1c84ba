import type { Machine } from './machine.ts'
import { newShell, runScript } from './run.ts'

/** The client's side of an interactive shell. */
export interface Terminal {
  readonly tty: boolean
  readonly stdin: AsyncIterable<Buffer>
  write(text: string): void
  writeError(text: string): void
}

/**
 * A shell that reads commands line by line until its input ends or `exit`; gives its exit code. On a terminal it shows a
 * prompt and echoes what is typed, as a terminal device does.
 */
export async function interactiveShell(machine: Machine, terminal: Terminal): Promise<number> {
  const state = newShell(machine)
  const prompt = (): void => {
    if (terminal.tty) terminal.write(`${state.folder === '/' ? '/' : state.folder} # `)
  }
  const show = (text: string): string => (terminal.tty ? text.replaceAll('\n', '\r\n') : text)
  prompt()
  for await (const line of linesOf(terminal)) {
    const { stdout, stderr } = await runScript(machine, state, line)
    if (stdout !== '') terminal.write(show(stdout))
    if (stderr !== '') terminal.writeError(show(stderr))
    if (state.exited) return state.lastCode
    prompt()
  }
  return state.lastCode
}

const KEY = { interrupt: '\x03', end: '\x04', backspace: '\x7f', erase: '\b' } as const

/** Lines that are typed, with the editing that a terminal device does; what arrives without a terminal is taken as it is. */
async function* linesOf(terminal: Terminal): AsyncGenerator<string> {
  let line = ''
  for await (const chunk of terminal.stdin) {
    for (const key of chunk.toString('utf8')) {
      if (key === '\n' || key === '\r') {
        if (terminal.tty) terminal.write('\r\n')
        yield line
        line = ''
      } else if (!terminal.tty) line += key
      else if (key === KEY.interrupt) {
        terminal.write('^C\r\n')
        yield ''
        line = ''
      } else if (key === KEY.end) {
        if (line === '') return
      } else if (key === KEY.backspace || key === KEY.erase) {
        if (line !== '') terminal.write('\b \b')
        line = line.slice(0, -1)
      } else {
        terminal.write(key)
        line += key
      }
    }
  }
  if (line !== '') yield line
}
