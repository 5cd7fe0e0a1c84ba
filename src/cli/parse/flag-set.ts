import { badFlagSyntax, flagNeedsArgument, invalidFlagValue, unknownFlag, unknownShorthand } from '../errors.ts'
import {
  type FlagSpec,
  type FlagSurroundings,
  type FlagTable,
  FlagValueError,
  flagName,
  initialValue,
  parseBool,
} from '../flags/define.ts'

/** The outcome of parsing. */
export interface ParsedFlags {
  /** Values by camelCase name; a flag that was not given has its default. */
  readonly values: Record<string, unknown>
  /** Names (camelCase) of the flags that were given. */
  readonly given: ReadonlySet<string>
  readonly args: readonly string[]
  /** `--help` or `-h` was given. */
  readonly help: boolean
  /** Lines about deprecated flags that were used. */
  readonly notices: readonly string[]
}

/** A flag with its name. */
export interface NamedFlag {
  readonly key: string
  readonly name: string
  readonly spec: FlagSpec<unknown>
}

/** The flags a command knows, by long name and by shorthand. `help` is always among them. */
export interface FlagSet {
  readonly byName: ReadonlyMap<string, NamedFlag>
  readonly byShort: ReadonlyMap<string, NamedFlag>
}

const helpFlag: FlagSpec<boolean> = {
  type: '',
  usage: 'help',
  short: 'h',
  alone: 'true',
  initial: false,
  parse: parseBool,
  show: () => undefined,
}

/** Indexes flag tables; a later table wins over an earlier one. */
export function createFlagSet(...tables: readonly FlagTable[]): FlagSet {
  const byName = new Map<string, NamedFlag>()
  const byShort = new Map<string, NamedFlag>()
  for (const table of [{ help: helpFlag }, ...tables]) {
    for (const [key, spec] of Object.entries(table)) {
      const flag = { key, name: flagName(key), spec }
      byName.set(flag.name, flag)
      if (spec.short !== undefined) byShort.set(spec.short, flag)
    }
  }
  return { byName, byShort }
}

/** Parses arguments as pflag does: flags anywhere, `--flag=value`, `--flag value`, shorthand groups, `--` ends flags. */
export function parseFlags(
  set: FlagSet,
  argv: readonly string[],
  around: FlagSurroundings,
  hooks: { readonly warn: (message: string) => void },
): ParsedFlags {
  const parser = new FlagParser(set, argv, around, hooks.warn)
  parser.run()
  return parser.result()
}

class FlagParser {
  private readonly set: FlagSet
  private readonly argv: readonly string[]
  private readonly around: FlagSurroundings
  private readonly warn: (message: string) => void
  private readonly current = new Map<string, unknown>()
  private readonly args: string[] = []
  private readonly notices: string[] = []
  private at = 0

  constructor(set: FlagSet, argv: readonly string[], around: FlagSurroundings, warn: (message: string) => void) {
    this.set = set
    this.argv = argv
    this.around = around
    this.warn = warn
  }

  run(): void {
    while (this.at < this.argv.length) {
      const word = this.argv[this.at++] ?? ''
      if (word.length < 2 || word[0] !== '-') this.args.push(word)
      else if (word === '--') {
        this.args.push(...this.argv.slice(this.at))
        return
      } else if (word[1] === '-') this.long(word)
      else this.shorts(word.slice(1))
    }
  }

  result(): ParsedFlags {
    const values: Record<string, unknown> = {}
    for (const flag of this.set.byName.values()) {
      values[flag.key] = this.current.has(flag.key) ? this.current.get(flag.key) : initialValue(flag.spec, this.around)
    }
    return {
      values,
      given: new Set(this.current.keys()),
      args: this.args,
      help: values.help === true,
      notices: this.notices,
    }
  }

  private long(word: string): void {
    const body = word.slice(2)
    if (body[0] === '-' || body[0] === '=') throw badFlagSyntax(word)
    const equals = body.indexOf('=')
    const name = equals < 0 ? body : body.slice(0, equals)
    const flag = this.set.byName.get(name)
    if (flag === undefined) throw unknownFlag(name)
    if (equals >= 0) this.assign(flag, body.slice(equals + 1))
    else if (flag.spec.alone !== undefined) this.assign(flag, flag.spec.alone)
    else if (this.at < this.argv.length) this.assign(flag, this.argv[this.at++] ?? '')
    else throw flagNeedsArgument(name)
  }

  private shorts(group: string): void {
    let rest = group
    while (rest !== '') {
      const letter = rest[0] ?? ''
      const flag = this.set.byShort.get(letter)
      if (flag === undefined) throw unknownShorthand(letter, rest)
      const tail = rest.slice(1)
      rest = ''
      if (tail.length > 1 && tail[0] === '=') this.assign(flag, tail.slice(1))
      else if (flag.spec.alone !== undefined) {
        this.assign(flag, flag.spec.alone)
        rest = tail
      } else if (tail !== '') this.assign(flag, tail)
      else if (this.at < this.argv.length) this.assign(flag, this.argv[this.at++] ?? '')
      else throw flagNeedsArgument(letter, letter)
    }
  }

  private assign(flag: NamedFlag, text: string): void {
    try {
      const value = flag.spec.parse(text, this.current.get(flag.key), { warn: this.warn })
      if (!this.current.has(flag.key) && flag.spec.deprecated !== undefined) {
        this.notices.push(`Flag --${flag.name} has been deprecated, ${flag.spec.deprecated}`)
      }
      this.current.set(flag.key, value)
    } catch (error) {
      if (!(error instanceof FlagValueError)) throw error
      const shown = flag.spec.short === undefined ? `--${flag.name}` : `-${flag.spec.short}, --${flag.name}`
      throw invalidFlagValue(text, shown, error.message)
    }
  }
}
