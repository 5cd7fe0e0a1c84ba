/** What Helm's structured log says: a message with named attributes, in order. */
export interface LogRecord {
  readonly level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
  readonly attributes: readonly (readonly [name: string, value: unknown])[]
}

/** Receives log records. Only the CLI decides whether and how they are printed. */
export type Log = (record: LogRecord) => void

/** A log that drops everything. */
export const silentLog: Log = () => {}
