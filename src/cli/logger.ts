import type { Log } from '../base/index.ts'
import { goQuote } from './errors.ts'
import type { OutputStream } from './io.ts'

/** Attributes of a log line, in the order in which they are printed. */
export type LogAttributes = Readonly<Record<string, string | number | boolean>>

/** Writes lines such as `level=WARN msg="…" key=value` to stderr, as Helm 4 logs; debug lines only with `--debug`. */
export interface Logger {
  debug(message: string, attributes?: LogAttributes): void
  info(message: string, attributes?: LogAttributes): void
  warn(message: string, attributes?: LogAttributes): void
  error(message: string, attributes?: LogAttributes): void
  /** The same log for the folders below, which know nothing of the command line. */
  asLog(): Log
}

/** Creates a logger; `isDebug` is asked at each debug line. */
export function createLogger(stderr: OutputStream, isDebug: () => boolean): Logger {
  const line = (level: string, message: string, attributes: LogAttributes = {}): void => {
    const pairs = Object.entries(attributes).map(
      ([key, value]) => ` ${plainOrQuoted(key)}=${plainOrQuoted(String(value))}`,
    )
    stderr.write(`level=${level} msg=${plainOrQuoted(message)}${pairs.join('')}\n`)
  }
  return {
    debug: (message, attributes) => {
      if (isDebug()) line('DEBUG', message, attributes)
    },
    info: (message, attributes) => line('INFO', message, attributes),
    warn: (message, attributes) => line('WARN', message, attributes),
    error: (message, attributes) => line('ERROR', message, attributes),
    asLog: () => (record) => {
      if (record.level === 'DEBUG' && !isDebug()) return
      line(
        record.level,
        record.message,
        Object.fromEntries(record.attributes.map(([key, value]) => [key, String(value)])),
      )
    },
  }
}

/** As Go's slog text handler: quoted when empty, or when it holds a space, a quote, `=` or an unprintable character. */
function plainOrQuoted(text: string): string {
  return text === '' || /[\s"=\p{C}\p{Z}]/u.test(text) ? goQuote(text) : text
}
