import picocolors from 'picocolors'
import { emitYamlFromJson } from '../../../encoding/index.ts'
import { type ChangeAction, masked, type ObjectChange } from '../../../release/index.ts'
import type { CliContext } from '../../context.ts'
import { ExitError } from '../../errors.ts'
import { boolFlag } from '../../flags/define.ts'
import { outputFlag, type OutputFormat } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'

/** Flags of every command that shows differences. */
export const diffFlags = {
  detailedExitcode: boolFlag('end with exit code 2 when something differs'),
  showSecrets: boolFlag('show the values of Secrets'),
  output: outputFlag,
} as const

/** What those flags gave. */
export interface DiffViewFlags {
  readonly detailedExitcode: boolean
  readonly showSecrets: boolean
  readonly output: OutputFormat
}

/** Prints changes and ends with exit code 2 where that is asked for and something differs. */
export function showChanges(ctx: CliContext, changes: readonly ObjectChange[], flags: DiffViewFlags): void {
  const shown = flags.showSecrets ? changes : changes.map(masked)
  printOutput(ctx, flags.output, {
    table: () => changesText(ctx, shown),
    value: () => ({ changes: shown.filter(({ action }) => action !== 'none'), summary: summaryOf(shown) }),
  })
  if (flags.detailedExitcode && shown.some(differs)) throw new ExitError(2)
}

const SIGNS: Readonly<Record<ChangeAction, string>> = { create: '+', change: '~', delete: '-', keep: '=', none: ' ' }

/** Whether a change changes something; a hook that runs as it ran before does not. */
export function differs({ action, hook, fields }: ObjectChange): boolean {
  if (action === 'none' || action === 'keep') return false
  return hook === undefined || action !== 'create' || fields.length > 0
}

/** The changes for people, with a line of counts at the end. */
export function changesText(ctx: CliContext, changes: readonly ObjectChange[]): string {
  const paint = picocolors.createColors(useColor(ctx))
  const colors = { create: paint.green, change: paint.yellow, delete: paint.red, keep: paint.cyan, none: paint.dim }
  const lines = changes
    .filter(({ action }) => action !== 'none')
    .flatMap((change) => {
      const head = `${SIGNS[change.action]} ${headWords(change)}`
      return [colors[change.action](head), ...bodyLines(change).map((line) => colorLine(line, paint))]
    })
  const { create, change, delete: gone, hooks } = summaryOf(changes)
  const counts = `${create} to create, ${change} to change, ${gone} to delete`
  const nothing = create + change + gone === 0 && !changes.some(differs)
  lines.push(nothing ? 'Nothing differs.' : `${counts}${hooks === 0 ? '' : `; ${hooks} hooks run`}.`)
  return lines.join('\n')
}

function useColor(ctx: CliContext): boolean {
  const { color } = ctx.settings
  return color === 'always' || (color !== 'never' && ctx.io.stdout.isTTY)
}

function headWords(change: ObjectChange): string {
  const { kind, apiVersion, namespace, name, hook, action } = change
  const place = namespace === '' ? name : `${namespace}/${name}`
  const what = hook === undefined ? '' : ` (hook: ${hook.join(', ')})`
  return `${kind} ${place} ${apiVersion}${what}${action === 'keep' ? ' (kept by its policy)' : ''}`
}

function bodyLines({ fields, object, action, refusal }: ObjectChange): string[] {
  const lines: string[] = []
  if (action === 'create' && object !== undefined) lines.push(...indented(emitYamlFromJson(object), '    + '))
  for (const { path, before, after } of fields) {
    if (isShort(before) && isShort(after) && before !== undefined && after !== undefined) {
      lines.push(`    ${path}: ${word(before)} -> ${word(after)}`)
      continue
    }
    lines.push(`    ${path}:`)
    if (before !== undefined) lines.push(...indented(emitYamlFromJson(before), '      - '))
    if (after !== undefined) lines.push(...indented(emitYamlFromJson(after), '      + '))
  }
  if (refusal !== undefined) lines.push(...refusal.split('\n').map((line) => `    ! ${line}`))
  return lines
}

function isShort(value: unknown): boolean {
  return typeof value !== 'object' && !(typeof value === 'string' && value.includes('\n'))
}

function word(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function indented(text: string, indent: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${line}`)
}

function colorLine(line: string, paint: ReturnType<typeof picocolors.createColors>): string {
  if (/^ +\+ /.test(line)) return paint.green(line)
  if (/^ +- /.test(line)) return paint.red(line)
  return /^ +! /.test(line) ? paint.red(line) : line
}

interface Summary {
  readonly create: number
  readonly change: number
  readonly delete: number
  readonly hooks: number
}

function summaryOf(changes: readonly ObjectChange[]): Summary {
  const count = (action: ChangeAction): number =>
    changes.filter((change) => change.hook === undefined && change.action === action).length
  const hooks = changes.filter(({ hook, action }) => hook !== undefined && action === 'create').length
  return { create: count('create'), change: count('change'), delete: count('delete'), hooks }
}
