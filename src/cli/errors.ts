import { ChartctlError } from '../base/index.ts'

/** What can go wrong on the command line itself. */
export type CliErrorCode =
  | 'UNKNOWN_COMMAND'
  | 'UNKNOWN_FLAG'
  | 'FLAG_NEEDS_ARGUMENT'
  | 'FLAG_SYNTAX'
  | 'FLAG_VALUE'
  | 'FLAG_CONFLICT'
  | 'ARGUMENTS'
  | 'COMMAND_FAILED'

/** An error of the command line itself, or one that a command raises with its own words. */
export class CliError extends ChartctlError<CliErrorCode> {}

/** Ends the process with `exitCode`; the message is printed unless it is empty. As Helm's CommandError. */
export class ExitError extends CliError {
  readonly exitCode: number
  constructor(exitCode: number, message = '', cause?: unknown) {
    super('COMMAND_FAILED', message, { exitCode }, cause)
    this.exitCode = exitCode
  }
}

/** An error of a command, in its own words. */
export function commandFailed(message: string, cause?: unknown): CliError {
  return new CliError('COMMAND_FAILED', message, {}, cause)
}

/** As cobra: the parent does not know the command; `suggestions` are similar names. */
export function unknownCommand(name: string, parent: string, suggestions: readonly string[]): CliError {
  const hint = suggestions.length === 0 ? '' : `\n\nDid you mean this?\n${suggestions.map((s) => `\t${s}\n`).join('')}`
  return new CliError('UNKNOWN_COMMAND', `unknown command ${goQuote(name)} for ${goQuote(parent)}${hint}`, { name })
}

/** As pflag: a long flag that is not defined. */
export function unknownFlag(name: string): CliError {
  return new CliError('UNKNOWN_FLAG', `unknown flag: --${name}`, { name })
}

/** As pflag: a shorthand that is not defined, in the group of shorthands it was written in. */
export function unknownShorthand(letter: string, group: string): CliError {
  return new CliError('UNKNOWN_FLAG', `unknown shorthand flag: ${goRune(letter)} in -${group}`, { letter })
}

/** As pflag: the value of a flag is missing. */
export function flagNeedsArgument(name: string, group?: string): CliError {
  const text =
    group === undefined ? `flag needs an argument: --${name}` : `flag needs an argument: ${goRune(name)} in -${group}`
  return new CliError('FLAG_NEEDS_ARGUMENT', text, { name })
}

/** As pflag: `--=x` and the like. */
export function badFlagSyntax(text: string): CliError {
  return new CliError('FLAG_SYNTAX', `bad flag syntax: ${text}`)
}

/** As pflag: the value does not parse; `flag` is `-o, --output` or `--output`. */
export function invalidFlagValue(value: string, flag: string, reason: string): CliError {
  return new CliError('FLAG_VALUE', `invalid argument ${goQuote(value)} for ${goQuote(flag)} flag: ${reason}`, { flag })
}

/** As cobra's mutually exclusive groups: `names` is the group, `set` those that were given. */
export function exclusiveFlags(names: readonly string[], set: readonly string[]): CliError {
  return new CliError(
    'FLAG_CONFLICT',
    `if any flags in the group [${names.join(' ')}] are set none of the others can be; [${[...set].sort().join(' ')}] were all set`,
  )
}

/** Wrong number of arguments, with the usage line below, as Helm's `require` package. */
export function wrongArguments(commandPath: string, complaint: string, useLine: string): CliError {
  return new CliError('ARGUMENTS', `${goQuote(commandPath)} ${complaint}\n\nUsage:  ${useLine}`)
}

/** Text in Go's double quotes, as `%q` prints it. */
export function goQuote(text: string): string {
  let out = '"'
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (char === '"' || char === '\\') out += `\\${char}`
    else if (char === '\n') out += '\\n'
    else if (char === '\t') out += '\\t'
    else if (char === '\r') out += '\\r'
    else if (code === 7) out += '\\a'
    else if (code === 8) out += '\\b'
    else if (code === 12) out += '\\f'
    else if (code === 11) out += '\\v'
    else if (code >= 0xd800 && code <= 0xdfff)
      out += code >= 0xdc80 && code <= 0xdcff ? `\\x${(code & 0xff).toString(16)}` : '\ufffd'
    else if (code < 32 || code === 127) out += `\\x${code.toString(16).padStart(2, '0')}`
    else if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char)) out += char
    else if (code > 0xffff) out += `\\U${code.toString(16).padStart(8, '0')}`
    else out += `\\u${code.toString(16).padStart(4, '0')}`
  }
  return `${out}"`
}

function goRune(letter: string): string {
  if (letter === "'") return "'\\''"
  const quoted = goQuote(letter).slice(1, -1)
  return `'${quoted === '\\"' ? '"' : quoted}'`
}
