import { errorText } from '../../../base/index.ts'
import { KubeClientError, type WaitState } from '../../../kube/index.ts'
import {
  conflictsOf,
  explainWaiting,
  type FieldConflict,
  type LockHolder,
  type Reason,
  type RecordPart,
  ReleaseError,
  type ReleasePorts,
} from '../../../release/index.ts'
import { parseGoBool } from '../../environment.ts'
import type { CliContext } from '../../context.ts'
import { CliError, ExitError } from '../../errors.ts'
import { holderWords } from './lock-settings.ts'

/**
 * Whether failures are explained: to people at a terminal, and where it is asked for. Elsewhere scripts read standard
 * error, and find there what Helm writes.
 */
export function wantsExplanation(ctx: CliContext, options: { readonly explain?: boolean }): boolean {
  if (options.explain === true || parseGoBool(ctx.env.CHARTCTL_EXPLAIN ?? '') === true) return true
  return ctx.program !== 'helm' && ctx.io.stderr.isTTY
}

/** What an explanation is made from besides the error. */
export interface ExplainOptions {
  /** What the operation waited for, as it was seen last. */
  readonly states: readonly WaitState[]
  /** As one line of JSON. */
  readonly json: boolean
}

/** The error with what is known about its causes, printed below its message. */
export async function explained(ports: ReleasePorts, error: unknown, options: ExplainOptions): Promise<unknown> {
  if (error instanceof ExitError) return error
  const reasons = isAboutWaiting(error) ? await explainWaiting(ports, options.states).catch(() => []) : []
  const conflicts = await conflictsOf(ports.cluster.client, error).catch(() => [])
  const lines = [
    ...holderLines(ports, error),
    ...reasons.flatMap((reason) => reasonLines(reason, '  ')),
    ...conflictLines(conflicts),
    ...sizeLines(error),
  ]
  if (lines.length === 0) return error
  const explanation = options.json
    ? `${JSON.stringify({ event: 'failed', reasons, conflicts, notes: lines })}\n`
    : `${lines.join('\n')}\n`
  return new CliError('COMMAND_FAILED', errorText(error), { explanation }, error)
}

/** Whether an error says that objects are not ready (or not gone). */
function isAboutWaiting(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof KubeClientError && (at.code === 'NOT_READY' || at.code === 'TIMEOUT')) return true
  }
  return false
}

function reasonLines(reason: Reason & { readonly template?: string }, indent: string): string[] {
  const { subject, text, events, log, causes, template = '' } = reason
  const from = template === '' ? '' : ` (${template})`
  return [
    `${indent}${subject}${from}: ${text}`,
    ...causes.flatMap((cause) => reasonLines(cause, `${indent}  `)),
    ...events.map((event) => `${indent}  event ${event}`),
    ...log.map((line) => `${indent}  log | ${line}`),
  ]
}

/** Who holds the lock, and what can be done. */
function holderLines(ports: ReleasePorts, error: unknown): string[] {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof ReleaseError) || at.code !== 'OPERATION_IN_PROGRESS') continue
    const holder = at.details as Partial<LockHolder>
    if (holder.identity === undefined) {
      return ['  Nobody holds its lock: Helm may be at work, or died. See what `chartctl release repair` says.']
    }
    const words = holderWords(at.details as unknown as LockHolder, ports.clock.nowMs())
    return [`  It is ${words}.`, '  Wait for it with --lock-wait 5m; when it dies, its traces are repaired after 15s.']
  }
  return []
}

/** Owner, field, both values, and what can be done about it. */
function conflictLines(conflicts: readonly FieldConflict[]): string[] {
  if (conflicts.length === 0) return []
  const word = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value))
  const lines = conflicts.map(({ kind, namespace, name, field, owner, time, live, wanted }) => {
    const place = namespace === '' ? name : `${namespace}/${name}`
    const when = time === '' ? '' : `, who wrote last at ${time}`
    return `  ${kind} ${place}: ${field} belongs to ${owner}${when}: it is ${word(live)} there and ${word(wanted)} in the chart.`
  })
  return [
    ...lines,
    '  To let the chart win, repeat the command with --force-conflicts. To leave a field to its owner, take it out of the',
    '  template; its value then stays. `chartctl diff upgrade` shows all differences, `chartctl drift` who made them.',
  ]
}

/** What makes a record too large, and what can be done about it. */
function sizeLines(error: unknown): string[] {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof ReleaseError) || at.details.recordBytes === undefined) continue
    const { recordBytes, limitBytes, parts } = at.details as {
      recordBytes: number
      limitBytes: number
      parts: readonly RecordPart[]
    }
    const size = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`
    return [
      `  The record of this revision takes ${size(recordBytes)}, and one object holds ${size(limitBytes)}. Largest, packed alone:`,
      ...parts.map(({ name, bytes }) => `    ${size(bytes).padStart(9)}  ${name}`),
      '  Take large files out of the chart (or list them in .helmignore), or use --release-chunks, which Helm cannot read.',
    ]
  }
  return []
}
