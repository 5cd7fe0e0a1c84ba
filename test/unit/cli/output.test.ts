import { describe, expect, test } from 'vitest'
import { parseDurationMs, durationText } from '../../../src/cli/flags/duration.ts'
import { printJsonPath } from '../../../src/cli/output/jsonpath.ts'
import { formatTable } from '../../../src/cli/output/table.ts'
import { displayWidth } from '../../../src/cli/output/width.ts'

test('a table pads every cell, the last one too', () => {
  expect(
    formatTable([
      ['NAME', 'URL'],
      ['a', 'http://b'],
    ]),
  ).toBe('NAME\tURL     \na   \thttp://b')
})

test('long cells end in dots', () => {
  expect(formatTable([['abcdefghij']], { maxColumnWidth: 6 })).toBe('abc...')
})

test('wide characters take two columns', () => {
  expect(displayWidth('日本')).toBe(4)
  expect(displayWidth('\u001b[31mred\u001b[0m')).toBe(3)
})

describe('durations', () => {
  test.each([
    ['1h', 3_600_000],
    ['1.5s', 1_500],
    ['-2ms', -2],
    ['0', 0],
  ])('%s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms)
  })
  test.each([
    ['5', 'time: missing unit in duration "5"'],
    ['5y', 'time: unknown unit "y" in duration "5y"'],
    ['', 'time: invalid duration ""'],
  ])('%s is none', (text, problem) => {
    expect(parseDurationMs(text)).toBe(problem)
  })
  test.each([
    [300_000, '5m0s'],
    [1_500, '1.5s'],
    [20, '20ms'],
    [0, '0s'],
  ])('%d prints as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })
})

describe('JSONPath', () => {
  const data = new Map<string, unknown>([
    ['name', 'web'],
    [
      'ports',
      [
        new Map<string, unknown>([
          ['port', 80],
          ['name', 'http'],
        ]),
        new Map<string, unknown>([
          ['port', 443],
          ['name', 'https'],
        ]),
      ],
    ],
  ]) as never
  test.each([
    ['{.name}', 'web'],
    ['{.ports[0].port}', '80'],
    ['{.ports[-1:].name}', 'https'],
    ['{.ports[*].name}', 'http https'],
    ['{.ports[?(@.port==443.0)].name}', 'https'],
    ['{.ports[?(@.port>100.0)].name}', 'https'],
    ['{.ports[?(@.name!="http")].port}', '443'],
    // An integer is no float to Go, and a failure leaves nothing.
    ['{.ports[?(@.port==443)].name}', ''],
    ['{.ports[0:9].name}', ''],
    ['{.ports[0:2].name}', 'http https'],
    ["{.ports[0]['name','port']}", 'http 80'],
    ['{true}', 'true'],
    ['{name}', ''],
    ['{end}', ''],
    ['{range .ports[*]}', ''],
    ['{range .ports[*]}{.name}={.port};{end}', 'http=80;https=443;'],
    ['name is {.name}', 'name is web'],
    ['{.missing}', ''],
    ['{.name}{.}', ''],
    ['{range .none[*]}x{end}', ''],
    ['{range .ports}{range .[*]}{.name};{end}{end}', ''],
    ['{range .ports}{range @[*]}{.name};{end}{end}', 'http;https;'],
    ['{range}{.name}', 'webweb'],
    ['{range .ports[0:0]}{@}{end}.', '.'],
    ['{.ports[?(@.name)].port} {+1}', '80 443 1'],
    ["{.ports[?(@.port in ['a'])].name}", 'http https'],
    ['{.name[*]}', ''],
    ['{.name.*}', '119 101 98'],
    ['{.ports[*].name}{.ports[-1].port}', 'http https443'],
    ['{@}', '{"name":"web","ports":[{"name":"http","port":80},{"name":"https","port":443}]}'],
    ['{.ports}', '[{"name":"http","port":80},{"name":"https","port":443}]'],
  ])('%s', (template, text) => {
    expect(printJsonPath(template, data)).toBe(text)
  })
  test.each([
    ['{', 'unclosed action'],
    ['{.ports["name"]}', 'invalid array index "name"'],
    ['{.ports[?(@.port==]}', 'unterminated filter'],
    ['{.ports[?(@.port)}', 'unclosed array expect ]'],
    ['{.ports[ 0 ]}', 'invalid array index  0 '],
    ['{..*}', "unrecognized character in action: U+002A '*'"],
    ['{....}', 'invalid multiple recursive descent'],
    ['{{', "unrecognized character in action: U+007B '{'"],
    ['{1.2.3}', 'cannot parse number 1.2.3'],
    ['{"\\q"}', 'unquote string "\\q" error invalid syntax'],
    ['{"a', 'unterminated quoted string'],
    ['{*}', "unrecognized character in action: U+002A '*'"],
  ])('%s does not parse', (template, reason) => {
    expect(() => printJsonPath(template, data)).toThrow(`error parsing jsonpath ${template}: ${reason}`)
  })
})
