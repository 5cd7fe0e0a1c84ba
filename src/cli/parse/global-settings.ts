import type { FlagSurroundings } from '../flags/define.ts'
import type { GlobalFlags } from '../flags/global.ts'
import type { Settings } from '../settings.ts'
import { type FlagSet, type ParsedFlags, parseFlags } from './flag-set.ts'

/**
 * The settings as a first, tolerant reading of the global flags gives them: unknown flags are skipped and the first error
 * ends the reading. As Helm, which knows so about `--debug` and `--color` before it knows the command.
 */
export function earlySettings(argv: readonly string[], around: FlagSurroundings, globals: FlagSet): Settings {
  let settings = around.settings
  for (const words of knownFlags(argv, globals)) {
    try {
      settings = settingsWithFlags(settings, parseFlags(globals, words, around, { warn: () => {} }))
    } catch {
      return settings
    }
  }
  return settings
}

/** `base` with the global flags that were given. */
export function settingsWithFlags(base: Settings, parsed: ParsedFlags): Settings {
  const { given } = parsed
  const values = parsed.values as unknown as GlobalFlags & { readonly colour: string }
  const settings: Record<string, unknown> = { ...base }
  for (const key of Object.keys(base)) if (given.has(key)) settings[key] = values[key as keyof GlobalFlags]
  if (given.has('colour')) settings.color = values.colour
  return settings as unknown as Settings
}

/** Each known global flag with its value, as words of its own. */
function knownFlags(argv: readonly string[], globals: FlagSet): string[][] {
  const groups: string[][] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') break
    if (!word.startsWith('-') || word.length < 2) continue
    const long = word.startsWith('--')
    const name = (long ? word.slice(2) : word.slice(1, 2)).split('=')[0] ?? ''
    const flag = long ? globals.byName.get(name) : globals.byShort.get(name)
    const next = argv[at + 1]
    if (flag === undefined) {
      if (!word.includes('=') && next !== undefined && !next.startsWith('-')) at += 1
      continue
    }
    if (flag.key === 'help') break
    const alone = flag.spec.alone !== undefined || word.includes('=') || (!long && word.length > 2)
    if (alone || next === undefined) groups.push([word])
    else {
      groups.push([word, next])
      at += 1
    }
  }
  return groups
}
