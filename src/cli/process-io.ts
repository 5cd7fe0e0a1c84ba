import { fstatSync, readSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { CliIo, InputStream, OutputStream } from './io.ts'

/** The streams of this process, and what was read from standard input so far. */
export interface ProcessIo extends CliIo {
  readonly inputTaken: () => Uint8Array | undefined
}

/** The streams of this process. Writing is synchronous, so nothing is lost when the process ends; a closed pipe ends it quietly. */
export function processIo(onBrokenPipe: () => never): ProcessIo {
  const taken: Uint8Array[] = []
  let isShown = false
  const stderr = processOutput(2, onBrokenPipe)
  const status = (line: string): void => {
    if (line === '' && !isShown) return
    stderr.write(`\r\u001b[K${line}`)
    isShown = line !== ''
  }
  const withoutStatus = (output: OutputStream): OutputStream => ({
    get isTTY() {
      return output.isTTY
    },
    get columns() {
      return output.columns
    },
    write(data) {
      status('')
      output.write(data)
    },
  })
  return {
    stdin: processInput(taken),
    stdout: withoutStatus(processOutput(1, onBrokenPipe)),
    stderr: withoutStatus(stderr),
    get status() {
      return stderr.isTTY ? status : undefined
    },
    inputTaken: () => (taken.length === 0 ? undefined : Buffer.concat(taken)),
  }
}

function processOutput(fd: 1 | 2, onBrokenPipe: () => never): OutputStream {
  return {
    get isTTY() {
      return isatty(fd)
    },
    get columns() {
      return isatty(fd) ? (fd === 1 ? process.stdout : process.stderr).columns : undefined
    },
    write(data) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      let at = 0
      while (at < bytes.length) {
        try {
          at += writeSync(fd, bytes, at)
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code
          if (code === 'EPIPE') onBrokenPipe()
          if (code !== 'EAGAIN') throw error
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
        }
      }
    },
  }
}

function processInput(taken: Uint8Array[]): InputStream {
  let pending = ''
  const next = (): Buffer | undefined => {
    const chunk = readChunk()
    if (chunk !== undefined) taken.push(chunk)
    return chunk
  }
  return {
    get isTTY() {
      return isatty(0)
    },
    get isPipe() {
      const found = fstatSync(0)
      return found.isFIFO() || found.isSocket()
    },
    async readAll() {
      const chunks: Buffer[] = [Buffer.from(pending)]
      for (let chunk = next(); chunk !== undefined; chunk = next()) chunks.push(chunk)
      pending = ''
      return Buffer.concat(chunks)
    },
    async readLine(options) {
      if (options?.secret === true && isatty(0)) return readSecret()
      for (;;) {
        const end = pending.indexOf('\n')
        if (end >= 0) {
          const line = pending.slice(0, end)
          pending = pending.slice(end + 1)
          return line.replace(/\r$/, '')
        }
        const chunk = next()
        if (chunk === undefined) {
          const line = pending
          pending = ''
          return line === '' ? undefined : line
        }
        pending += chunk.toString('utf8')
      }
    },
  }
}

function readChunk(): Buffer | undefined {
  const buffer = Buffer.alloc(65_536)
  for (;;) {
    try {
      const size = readSync(0, buffer, 0, buffer.length, null)
      return size === 0 ? undefined : Buffer.from(buffer.subarray(0, size))
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EOF' || code === 'EBADF') return undefined
      if (code !== 'EAGAIN') throw error
      if (!fstatSync(0).isFIFO()) return undefined
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

function readSecret(): Promise<string | undefined> {
  const { stdin } = process
  return new Promise((resolve) => {
    let text = ''
    const finish = (value: string | undefined): void => {
      stdin.setRawMode(false)
      stdin.pause()
      stdin.off('data', onData)
      resolve(value)
    }
    const onData = (data: Buffer): void => {
      for (const char of data.toString('utf8')) {
        if (char === '\r' || char === '\n') {
          finish(text)
          return
        }
        if (char === '\u0003') {
          finish(undefined)
          return
        }
        text = char === '\u007f' ? text.slice(0, -1) : text + char
      }
    }
    stdin.setRawMode(true)
    stdin.resume()
    stdin.on('data', onData)
  })
}
