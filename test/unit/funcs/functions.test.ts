import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { manualClock, type Random } from '../../../src/base/index.ts'
import { createFunctionMap } from '../../../src/funcs/index.ts'
import { type GoObject, goType, type GoValue } from '../../../src/go/index.ts'
import { parseTemplate, TemplateSet } from '../../../src/template/index.ts'
import { attempt } from '../../support/vectors.ts'

/** Counts instead of being random. */
function countingRandom(): Random {
  let next = 0
  return { bytes: (size) => Uint8Array.from({ length: size }, () => next++ & 0xff), uuid: () => 'uuid' }
}

const functions = createFunctionMap({ clock: manualClock(1_700_000_000_000), random: countingRandom() })

function render(text: string, data: GoValue = new Map()): string {
  const set = new TemplateSet()
  set.add(parseTemplate('t', text, functions))
  return set.execute('t', data, { functions, missingKey: 'zero' })
}

function call(name: string, ...args: GoValue[]): GoValue {
  return functions.get(name)?.call(...args)
}

const rendered: readonly [template: string, want: string][] = [
  [
    '{{ camelcase "http_server-name" }} {{ snakecase "HTTP20xOK" }} {{ kebabcase "FirstName" }}',
    'HttpServerName http_20x_ok first-name',
  ],
  ['{{ trunc 3 "aé" }}|{{ trunc -2 "aé" }}', 'aé|é'],
  [
    '{{ substr 1 3 "hello" }} {{ abbrev 6 "hello world" }} {{ wrapWith 4 "|" "abcdefgh ij" }}',
    'el hel... abcd|efgh|ij',
  ],
  ['{{ add 1 "2" 3.9 true }} {{ div -7 2 }} {{ mod -7 2 }} {{ round 2.345 2 }} {{ addf 0.1 0.2 }}', '7 -3 -1 2.35 0.3'],
  ['{{ seq 1 3 10 }} {{ until 3 }} {{ untilStep 5 0 -2 }}', '1 4 7 10 [0 1 2] [5 3 1]'],
  ['{{ merge (dict "a" 1 "b" (dict "c" "")) (dict "a" 2 "b" (dict "c" 3) "d" 4) }}', 'map[a:1 b:map[c:3] d:4]'],
  ['{{ mergeOverwrite (dict "a" 1 "l" (list 1)) (dict "a" nil "l" (list 2)) }}', 'map[a:<nil> l:[2]]'],
  ['{{ dig "a" "b" "none" (dict "a" (dict)) }} {{ pluck "k" (dict "k" 1) (dict) (dict "k" 2) }}', 'none [1 2]'],
  ['{{ uniq (list 1 1.0 "1" 1) }} {{ without (list 1 2) 2 }} {{ has 1.0 (list 1) }}', '[1 1 1] [1] false'],
  ['{{ regexReplaceAll "(a)(b)?" "ab a" "[$2]$$" }} {{ regexFindAll "z" "a" -1 | toJson }}', '[b]$ []$ null'],
  ['{{ semverCompare "~1.2" "1.2.9" }} {{ (semver "v1.2.3-rc.1").IncMinor }}', 'true 1.3.0'],
  [
    '{{ (urlParse "https://u:p@h:1/a%20b?q#f").path }} {{ urlJoin (dict "scheme" "http" "host" "h" "path" "a b") }}',
    '/a b http://h/a%20b',
  ],
  ['{{ b64dec "!" }} {{ b32dec "MFRGG===" }} {{ adler32sum "a" }}', 'illegal base64 data at input byte 0 abc 6422626'],
  ['{{ date "2006-01-02" (toDate "2006" "2020") }} {{ durationRound "50h" }} {{ duration 90 }}', '2020-01-01 2d 0s'],
  ['{{ ago (toDate "2006-01-02T15:04:05" "2023-11-14T22:12:20") }} {{ unixEpoch now }}', '1m0s 1700000000'],
  [
    '{{ fromYaml "a: [" | toJson }}',
    '{"Error":"error converting YAML to JSON: yaml: line 1: did not find expected node content"}',
  ],
  ['{{ derivePassword 1 "long" "password" "user" "example.com" }}', 'ZedaFaxcZaso9*'],
  ['{{ decryptAES "k" (encryptAES "k" "héllo") }}', 'héllo'],
  [
    '{{ typeOf (set .v "x" 1) }} {{ .v.x }} {{ deepCopy .v | typeOf }}',
    'map[string]interface {} 1 map[string]interface {}',
  ],
]

test.each(rendered)('%s', (template, want) => {
  expect(render(template, new Map<GoValue, GoValue>([['v', new Map()]]))).toBe(want)
})

const failing: readonly [name: string, args: GoValue[], message: string][] = [
  ['first', ['x'], 'Cannot find first on type string'],
  ['first', [null], 'runtime error: invalid memory address or nil pointer dereference'],
  ['div', [1n, 0n], 'runtime error: integer divide by zero'],
  ['substr', [3n, 2n, 'hello'], 'runtime error: slice bounds out of range [3:2]'],
  ['repeat', [-1n, 'x'], 'strings: negative Repeat count'],
  ['repeat', [1n << 40n, 'xx'], 'strings: Repeat output length overflow'],
  ['regexFind', ['a(', 'x'], 'regexp: Compile(`a(`): error parsing regexp: missing closing ): `a(`'],
  ['dig', ['a', 'd', 1n], 'interface conversion: interface {} is int, not map[string]interface {}'],
  ['urlParse', ['%zz'], 'unable to parse url: parse "%zz": invalid URL escape "%zz"'],
  ['decryptAES', ['k', 'YWJj'], 'runtime error: slice bounds out of range [:16] with capacity 3'],
  ['genSelfSignedCert', ['x', ['no'], null, 1n], 'error parsing ip: no'],
]

test.each(failing)('%s fails as in Go (%#)', (name, args, message) => {
  expect(attempt(() => call(name, ...args))).toEqual({ thrown: message })
})

test('a list without end is refused', () => {
  expect(attempt(() => call('until', 1n << 40n))).toHaveProperty('thrown')
})

test('env and expandenv do not exist', () => {
  expect(functions.has('env')).toBe(false)
  expect(functions.has('expandenv')).toBe(false)
})

describe('certificates', () => {
  const field = (value: GoValue, name: string): string => String((value as GoObject).fields.get(name))
  const authority = call('genCA', 'my-ca', 10n)
  const leaf = call('genSignedCert', 'leaf', ['10.0.0.1', '::1'], ['a.example'], 5n, authority)

  test('a signed one verifies against its authority', () => {
    const ca = new X509Certificate(field(authority, 'Cert'))
    const cert = new X509Certificate(field(leaf, 'Cert'))
    expect(goType(leaf)).toBe('sprig.certificate')
    expect(ca.ca && !cert.ca && cert.checkIssued(ca) && cert.verify(ca.publicKey)).toBe(true)
    expect(cert.subject).toBe('CN=leaf')
    expect(cert.subjectAltName).toBe('DNS:a.example, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  })

  test('one with a key that was given keeps it', () => {
    const key = String(call('genPrivateKey', 'ecdsa'))
    const own = call('genSelfSignedCertWithKey', 'x', null, null, 1n, key)
    expect(field(own, 'Key')).toBe(key)
    expect(new X509Certificate(field(own, 'Cert')).verify(new X509Certificate(field(own, 'Cert')).publicKey)).toBe(true)
  })
})
