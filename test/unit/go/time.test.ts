import { expect, test } from 'vitest'
import {
  formatDuration,
  formatInstant,
  goTime,
  Instant,
  LAYOUTS,
  loadZone,
  NANOSECONDS,
  parseDuration,
  parseInstant,
  roundDuration,
  sprintf,
} from '../../../src/go/index.ts'

const instant = new Instant(1_600_000_000, 123_456_000)

const formats: readonly [layout: string, zone: string, want: string][] = [
  [LAYOUTS.RFC3339Nano, 'UTC', '2020-09-13T12:26:40.123456Z'],
  ['Mon Jan _2 15:04:05 MST 2006', 'Europe/Berlin', 'Sun Sep 13 14:26:40 CEST 2020'],
  ['3:04PM 002 Z0700 -07', 'Asia/Kolkata', '5:56PM 257 +0530 +05'],
  ['January Janu _2006 .000 ,999', 'UTC', 'September Janu _2020 .123 ,123'],
]
test.each(formats)('layout %s in %s', (layout, zone, want) => {
  expect(formatInstant(instant.in(loadZone(zone)), layout)).toBe(want)
})

const parses: readonly [layout: string, text: string, want: string][] = [
  ['2006-01-02', '2020-02-29', '2020-02-29 00:00:00 +0000 UTC'],
  ['2006-01-02T15:04:05Z07:00', '2020-01-02T03:04:05.5+02:00', '2020-01-02 03:04:05.5 +0200 +0200'],
  ['2006-01-02 MST', '2020-01-02 PDT', '2020-01-02 00:00:00 +0000 PDT'],
  ['3:04pm', '12:05am', '0000-01-01 00:05:00 +0000 UTC'],
  ['2006-002', '2020-060', '2020-02-29 00:00:00 +0000 UTC'],
  ['2006-01-02', '2020-13-01', 'parsing time "2020-13-01": month out of range'],
  ['2006-01-02', '2021-02-29', 'parsing time "2021-02-29": day out of range'],
  ['2006-01-02', 'x', 'parsing time "x" as "2006-01-02": cannot parse "x" as "2006"'],
  ['2006', '2020x', 'parsing time "2020x": extra text: "x"'],
]
test.each(parses)('parse %s of %s', (layout, text, want) => {
  const read = (): string => formatInstant(parseInstant(layout, text), LAYOUTS.String)
  if (want.startsWith('parsing')) expect(read).toThrow(want)
  else expect(read()).toBe(want)
})

test('durations are read, rounded and shown', () => {
  expect(parseDuration('-1h2m3.5s')).toBe(-3_723_500_000_000n)
  expect(formatDuration(3_723_500_000_000n)).toBe('1h2m3.5s')
  expect(formatDuration(1500n)).toBe('1.5µs')
  expect(formatDuration(roundDuration(1_500_000_000n, NANOSECONDS.s))).toBe('2s')
  expect(() => parseDuration('1x')).toThrow('time: unknown unit "x" in duration "1x"')
  expect(() => parseDuration('5')).toThrow('time: missing unit in duration "5"')
})

test('a time prints itself and has the methods of time.Time', () => {
  const time = goTime(instant)
  expect(sprintf('%v %T', time, time)).toBe('2020-09-13 12:26:40.123456 +0000 UTC time.Time')
  expect(sprintf('%v %d', time.methods.get('Month')?.call(), time.methods.get('Month')?.call())).toBe('September 9')
})

test.each(['Nope/Zone', 'africa/cairo', 'us/Eastern', 'EUROPE/PARIS'])('the unknown zone %s is refused', (name) => {
  expect(() => loadZone(name)).toThrow(`unknown time zone ${name}`)
})

test.each([
  'Africa/Cairo',
  'US/Eastern',
  'EST5EDT',
  'W-SU',
  'Asia/Kolkata',
  'Etc/GMT+1',
])('the zone %s is known', (name) => {
  expect(loadZone(name).name).toBe(name)
})
