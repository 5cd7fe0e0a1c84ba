import { describe, expect, test } from 'vitest'
import {
  boolFlag,
  durationFlag,
  intFlag,
  stringFlag,
  stringMapFlag,
  stringSliceFlag,
} from '../../../src/cli/flags/define.ts'
import { outputFlag } from '../../../src/cli/flags/output.ts'
import { createFlagSet, parseFlags } from '../../../src/cli/parse/flag-set.ts'
import { settingsFromEnvironment } from '../../../src/cli/settings.ts'

const folders = { home: '/h', cache: '/c', config: '/f', data: '/d' }
const around = { env: {}, folders, settings: settingsFromEnvironment({}, folders) }
const flags = createFlagSet({
  install: boolFlag('', false, { short: 'i' }),
  wait: { ...stringFlag('', 'hookOnly'), alone: 'watcher' },
  max: intFlag('', 256, { short: 'm' }),
  timeout: durationFlag('', 1),
  values: stringSliceFlag('', [], { short: 'f' }),
  labels: stringMapFlag(''),
  output: outputFlag,
  oldName: stringFlag('', '', { deprecated: 'use --name' }),
})

const parse = (...argv: string[]) => parseFlags(flags, argv, around, { warn: () => {} })

describe('flags', () => {
  const good: readonly (readonly [argv: string[], key: string, value: unknown, args?: string[]])[] = [
    [['a', '--install', 'b'], 'install', true, ['a', 'b']],
    [['--install=false'], 'install', false],
    [['-i', 'x'], 'install', true, ['x']],
    [['--wait', 'x'], 'wait', 'watcher', ['x']],
    [['--wait=legacy'], 'wait', 'legacy'],
    [['-m5'], 'max', 5],
    [['-m', '0x10'], 'max', 16],
    [['-im=7'], 'max', 7],
    [['--timeout', '1m30s'], 'timeout', 90_000],
    [['-f', 'a,"b,c"', '-f', 'd'], 'values', ['a', 'b,c', 'd']],
    [['--', '--install'], 'install', false, ['--install']],
    [['-'], 'install', false, ['-']],
  ]
  for (const [argv, key, value, args] of good) {
    test(`${argv.join(' ')} gives ${key}`, () => {
      const parsed = parse(...argv)
      expect(parsed.values[key]).toEqual(value)
      if (args !== undefined) expect(parsed.args).toEqual(args)
    })
  }

  const bad: readonly (readonly [argv: string[], message: string])[] = [
    [['--nope'], 'unknown flag: --nope'],
    [['-iZ'], "unknown shorthand flag: 'Z' in -Z"],
    [['--max'], 'flag needs an argument: --max'],
    [['-m'], "flag needs an argument: 'm' in -m"],
    [['---x'], 'bad flag syntax: ---x'],
    [['--max', 'x'], 'invalid argument "x" for "-m, --max" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [['--install=x'], 'invalid argument "x" for "-i, --install" flag: strconv.ParseBool: parsing "x": invalid syntax'],
    [['--timeout', '5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--output', 'xml'], 'invalid argument "xml" for "-o, --output" flag: invalid format type'],
    [['--labels', 'x'], 'invalid argument "x" for "--labels" flag: x must be formatted as key=value'],
  ]
  test.each(bad)('%j is refused', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message)
  })

  test('a deprecated flag works and is announced', () => {
    const parsed = parse('--old-name', 'x')
    expect(parsed.values.oldName).toBe('x')
    expect(parsed.notices).toEqual(['Flag --old-name has been deprecated, use --name'])
  })
})
