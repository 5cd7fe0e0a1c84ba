import { open } from 'node:fs/promises'
import type { FaultReport } from '../base/index.ts'
import type { AuditSink } from './apiserver/index.ts'

/** A file of audit events, one a line. */
export interface AuditLog extends AuditSink {
  /** Resolves when everything is in the file, which is closed then. */
  close(): Promise<void>
}

/** Opens a file to which events are appended. Lines that come while others are written leave together. */
export async function openAuditLog(path: string, report: FaultReport): Promise<AuditLog> {
  const file = await open(path, 'a', 0o600)
  let waiting: string[] = []
  let writing: Promise<void> | undefined
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lines = waiting
      waiting = []
      try {
        await file.appendFile(`${lines.join('\n')}\n`)
      } catch (error) {
        report('audit', path, error)
      }
    }
    writing = undefined
  }
  return {
    write(line) {
      waiting.push(line)
      writing ??= drain()
    },
    async close() {
      await writing
      await file.close()
    },
  }
}
