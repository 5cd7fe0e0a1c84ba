import type { EnvVars, HelmFolders } from '../environment.ts'
import type { Completion } from '../completion/completion.ts'
import type { CliContext } from '../context.ts'
import { goQuote } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { readCsvLine } from './csv.ts'
import { durationText, parseDurationMs } from './duration.ts'

/** What a flag's default may depend on. */
export interface FlagSurroundings {
  readonly env: EnvVars
  readonly folders: HelmFolders
  /** Settings as the environment gives them. */
  readonly settings: Settings
}

/** What a flag's parser may do besides returning a value. */
export interface FlagParseContext {
  /** Logs a warning line, as Helm does for deprecated forms. */
  warn(message: string): void
}

/** One flag of a command; its name is the key under which the command lists it (camelCase becomes kebab-case). */
export interface FlagSpec<T> {
  /** The type as help prints it (pflag's names); empty for a switch. */
  readonly type: string
  readonly usage: string
  readonly short?: string
  /** Value taken when the flag stands alone (`--wait`); such a flag takes a value only as `--flag=value`. */
  readonly alone?: string
  readonly hidden?: boolean
  /** Hides the flag and prints this text when it is used. */
  readonly deprecated?: string
  readonly initial: T | ((around: FlagSurroundings) => T)
  /** Reads one occurrence; `previous` is what earlier occurrences gave, undefined at the first. Throws a FlagValueError. */
  readonly parse: (text: string, previous: T | undefined, context: FlagParseContext) => T
  /** The default as help shows it after `default `; undefined when help shows none. */
  readonly show: (value: T) => string | undefined
  /** Completes a value: candidates with an optional description after a tab. */
  readonly complete?: (ctx: CliContext, args: readonly string[]) => Completion | Promise<Completion>
}

/** Raised by a flag's parser; the text becomes the reason in `invalid argument …`. */
export class FlagValueError extends Error {}

/** The flags of a command by camelCase name. */
// biome-ignore lint/suspicious/noExplicitAny: the value types differ per entry and are recovered by FlagValues.
export type FlagTable = Readonly<Record<string, FlagSpec<any>>>

/** The parsed values of a flag table. */
export type FlagValues<F extends FlagTable> = { readonly [K in keyof F]: F[K] extends FlagSpec<infer T> ? T : never }

type Options<T> = Partial<Pick<FlagSpec<T>, 'short' | 'hidden' | 'deprecated' | 'alone' | 'complete'>>

/** A text flag. */
export function stringFlag(
  usage: string,
  initial: string | ((around: FlagSurroundings) => string) = '',
  options: Options<string> = {},
): FlagSpec<string> {
  const show = (value: string): string | undefined => (value === '' ? undefined : goQuote(value))
  return { type: 'string', usage, initial, parse: (text) => text, show, ...options }
}

/** A switch: `--flag`, `--flag=false`. */
export function boolFlag(
  usage: string,
  initial: boolean | ((around: FlagSurroundings) => boolean) = false,
  options: Options<boolean> = {},
): FlagSpec<boolean> {
  return {
    type: '',
    usage,
    initial,
    alone: 'true',
    parse: parseBool,
    show: (value) => (value ? 'true' : undefined),
    ...options,
  }
}

/** A whole number (Go's int). */
export function intFlag(
  usage: string,
  initial: number | ((around: FlagSurroundings) => number) = 0,
  options: Options<number> = {},
): FlagSpec<number> {
  return { type: 'int', usage, initial, parse: (text) => parseInteger(text, 'ParseInt'), show: showNumber, ...options }
}

/** A whole number that is not negative (Go's uint). */
export function uintFlag(usage: string, initial = 0, options: Options<number> = {}): FlagSpec<number> {
  return {
    type: 'uint',
    usage,
    initial,
    parse: (text) => parseInteger(text, 'ParseUint'),
    show: showNumber,
    ...options,
  }
}

/** A number (Go's float32). */
export function floatFlag(
  usage: string,
  initial: number | ((around: FlagSurroundings) => number) = 0,
  options: Options<number> = {},
): FlagSpec<number> {
  return { type: 'float32', usage, initial, parse: (text) => parseFloating(text), show: showNumber, ...options }
}

/** A duration such as `5m30s`; the value is in milliseconds. */
export function durationFlag(usage: string, initialMs: number, options: Options<number> = {}): FlagSpec<number> {
  return {
    type: 'duration',
    usage,
    initial: initialMs,
    parse: (text) => {
      const value = parseDurationMs(text)
      if (typeof value === 'string') throw new FlagValueError(value)
      return value
    },
    show: (value) => (value === 0 ? undefined : durationText(value)),
    ...options,
  }
}

/** Texts, one per occurrence, never split. */
export function stringArrayFlag(
  usage: string,
  initial: readonly string[] | ((around: FlagSurroundings) => readonly string[]) = [],
  options: Options<readonly string[]> = {},
): FlagSpec<readonly string[]> {
  return {
    type: 'stringArray',
    usage,
    initial,
    parse: (text, previous = []) => [...previous, text],
    show: showList,
    ...options,
  }
}

/** Texts, each occurrence a comma-separated list (one CSV record, as pflag's stringSlice). */
export function stringSliceFlag(
  usage: string,
  initial: readonly string[] = [],
  options: Options<readonly string[]> = {},
): FlagSpec<readonly string[]> {
  return {
    type: 'strings',
    usage,
    initial,
    parse: (text, previous = []) => [...previous, ...csv(text)],
    show: showList,
    ...options,
  }
}

/** `key=value` pairs, comma-separated or repeated (pflag's stringToString). */
export function stringMapFlag(
  usage: string,
  options: Options<ReadonlyMap<string, string>> = {},
): FlagSpec<ReadonlyMap<string, string>> {
  return {
    type: 'stringToString',
    usage,
    initial: new Map(),
    parse: (text, previous = new Map()) => new Map([...previous, ...parsePairs(text)]),
    show: () => '[]',
    ...options,
  }
}

/** Text that must pass `check` (which throws a FlagValueError), shown in help under the name `type`. */
export function customFlag<T>(spec: FlagSpec<T>): FlagSpec<T> {
  return spec
}

/** The name of a flag on the command line: `dryRun` is `dry-run`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** The default of a flag in these surroundings. */
export function initialValue<T>(spec: FlagSpec<T>, around: FlagSurroundings): T {
  return typeof spec.initial === 'function' ? (spec.initial as (around: FlagSurroundings) => T)(around) : spec.initial
}

/** As strconv.ParseBool; throws a FlagValueError. */
export function parseBool(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  throw new FlagValueError(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`)
}

/** As strconv.ParseInt/ParseUint with base 0: decimal, 0x, 0o or 0, 0b, with underscores between digits after a prefix. */
function parseInteger(text: string, func: 'ParseInt' | 'ParseUint'): number {
  const signed = func === 'ParseInt' ? /^[+-]?/ : /^/
  const sign = signed.exec(text)?.[0] ?? ''
  const digits = text.slice(sign.length)
  const fail = (reason: string): never => {
    throw new FlagValueError(`strconv.${func}: parsing ${goQuote(text)}: ${reason}`)
  }
  const valid =
    /^(0|[1-9](_?[0-9])*)$/.test(digits) ||
    /^0[xX](_?[0-9a-fA-F])+$/.test(digits) ||
    /^0[bB](_?[01])+$/.test(digits) ||
    /^0[oO]?(_?[0-7])+$/.test(digits)
  if (!valid) return fail('invalid syntax')
  const plain = digits.replaceAll('_', '')
  const magnitude = BigInt(/^0[0-7]/.test(plain) ? `0o${plain.slice(1)}` : plain)
  const value = sign === '-' ? -magnitude : magnitude
  const [low, high] = func === 'ParseInt' ? [-(1n << 63n), (1n << 63n) - 1n] : [0n, (1n << 64n) - 1n]
  if (value < low || value > high) return fail('value out of range')
  return Number(value)
}

function parseFloating(text: string): number {
  if (/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) return Math.fround(Number(text))
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^nan$/i.test(text)) return Number.NaN
  throw new FlagValueError(`strconv.ParseFloat: parsing ${goQuote(text)}: invalid syntax`)
}

function csv(text: string): readonly string[] {
  if (text === '') return []
  const record = readCsvLine(text)
  if (typeof record === 'string') throw new FlagValueError(record)
  return record
}

function parsePairs(text: string): [string, string][] {
  const equals = text.split('=').length - 1
  const items = equals === 1 ? [text.replace(/^"+|"+$/g, '')] : equals === 0 ? [text] : csv(text)
  return items.map((item) => {
    const at = item.indexOf('=')
    if (at < 0) throw new FlagValueError(`${item} must be formatted as key=value`)
    return [item.slice(0, at), item.slice(at + 1)]
  })
}

function showNumber(value: number): string | undefined {
  return value === 0 ? undefined : String(value)
}

function showList(value: readonly string[]): string | undefined {
  return value.length === 0 ? undefined : `[${value.join(',')}]`
}
