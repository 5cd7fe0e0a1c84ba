/** Where a command writes: text is sent as UTF-8 at once, in order. */
export interface OutputStream {
  write(data: string | Uint8Array): void
  readonly isTTY: boolean
  /** Width of the terminal, when it is one. */
  readonly columns: number | undefined
}

/** Standard input. */
export interface InputStream {
  readonly isTTY: boolean
  /** Whether another program writes to it: neither a terminal, nor a file, nor nothing. */
  readonly isPipe: boolean
  /** Everything until the end of input. */
  readAll(): Promise<Uint8Array>
  /** One line without its end, not echoed on a terminal when `secret`; undefined at the end of input. */
  readLine(options?: { readonly secret?: boolean }): Promise<string | undefined>
}

/** The three standard streams of one command. */
export interface CliIo {
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Shows a line on the terminal until something is written; an empty one removes it. Absent without a terminal. */
  readonly status?: ((line: string) => void) | undefined
}

/** A stream that collects what is written, for tests and for commands that run inside others. */
export interface CapturedOutput extends OutputStream {
  text(): string
  bytes(): Uint8Array
}

/** Creates a collecting stream. */
export function capturedOutput(): CapturedOutput {
  const parts: Buffer[] = []
  return {
    isTTY: false,
    columns: undefined,
    write: (data) => {
      parts.push(typeof data === 'string' ? Buffer.from(data) : Buffer.from(data))
    },
    text: () => Buffer.concat(parts).toString('utf8'),
    bytes: () => Buffer.concat(parts),
  }
}

/** Standard input with fixed content. */
export function fixedInput(content: string | Uint8Array = ''): InputStream {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
  let lines: string[] | undefined
  return {
    isTTY: false,
    isPipe: true,
    readAll: async () => bytes,
    readLine: async () => {
      if (lines === undefined) {
        lines = bytes.toString('utf8').split('\n')
        if (lines.at(-1) === '') lines.pop()
      }
      return lines.shift()
    },
  }
}
