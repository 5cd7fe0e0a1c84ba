import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { sqlSettings } from '../../../src/release/storage/sql/settings.ts'

const read = (connection: string, env: Record<string, string> = {}) =>
  sqlSettings(connection, { env, home: '/home/me', user: 'me' })

const hosts: [connection: string, want: readonly string[]][] = [
  ['', ['localhost:5432']],
  ['postgres://db.example:6543/x', ['db.example:6543']],
  ['postgresql://[::1]:99/x', ['::1:99']],
  ['host=a,b port=1,2', ['a:1', 'b:2']],
  ['postgres://a,b/x?port=7', ['a:7', 'b:7']],
  ['host = /run/pg', ['/run/pg:5432']],
]

test.each(hosts)('%s leads to its servers', (connection, want) => {
  expect(read(connection).hosts.map(({ host, port }) => `${host}:${port}`)).toEqual(want)
})

test('values may be quoted and escaped; URLs are decoded', () => {
  expect(read("user='a b' password=x\\ y\\\\ dbname='it\\'s'")).toMatchObject({
    user: 'a b',
    password: 'x y\\',
    database: "it's",
  })
  expect(read('postgres://u%40x:p%2F:q@h/data%20base?sslmode=disable')).toMatchObject({
    user: 'u@x',
    password: 'p/:q',
    database: 'data base',
    sslMode: 'disable',
  })
})

test('the string wins over the environment, and what only the server knows is handed on', () => {
  const env = { PGHOST: 'far', PGUSER: 'them', PGSSLMODE: 'verify-ca', PGPASSFILE: '/p' }
  expect(read('host=near search_path=a\\ b', env)).toMatchObject({
    hosts: [{ host: 'near' }],
    user: 'them',
    sslMode: 'verify-ca',
    passfile: '/p',
    options: '-c search_path=a\\ b',
  })
  expect(read('')).toMatchObject({ user: 'me', sslMode: 'require', passfile: '/home/me/.pgpass' })
  expect(read('sslrootcert=system').sslMode).toBe('verify-full')
  expect(read('host=/run/pg sslmode=require').sslMode).toBe('disable')
})

describe('a service file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'service-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'services')
  writeFileSync(
    file,
    '# ours\n[other]\nhost=x\n\n[ db ]\nhost = near\n# why\nport=7\npassword=a=b\n[bad]\nhost\n[odd]\nfoo=1\n',
  )
  test('wins over the string and the environment', () => {
    const env = { PGSERVICEFILE: file, PGSERVICE: 'db', PGUSER: 'them' }
    const want = { hosts: [{ host: 'near', port: 7 }], password: 'a=b', user: 'them', database: 'd' }
    expect(read('host=far dbname=d', env)).toMatchObject(want)
    expect(read('service=other', env).hosts).toMatchObject([{ host: 'x', port: 5432 }])
  })
  const cases: [service: string, file: string | undefined, want: string][] = [
    ['none', file, 'pq: definition of service "none" not found'],
    ['bad', file, `pq: line 11: missing '=' in "host"`],
    ['odd', file, 'pq: unknown setting "foo" in service file for service "odd"'],
    ['db', undefined, 'pq: service file "/home/me/.pg_service.conf" not found'],
  ]
  test.each(cases)('%s: mistakes in the words of lib/pq', (service, place, want) => {
    expect(() => read(`service=${service}`, place === undefined ? {} : { PGSERVICEFILE: place })).toThrow(want)
  })
})

describe('mistakes are told in the words of lib/pq', () => {
  const cases: [connection: string, want: string][] = [
    ['host', 'missing "=" after "host" in connection info string'],
    ["host='a", 'unterminated quoted string literal in connection string'],
    ['host=a\\', 'missing character after backslash'],
    ['port=x', 'pq: wrong value for "port": strconv.ParseUint: parsing "x": invalid syntax'],
    ['port=70000', 'pq: wrong value for "port": strconv.ParseUint: parsing "70000": value out of range'],
    [
      'sslmode=no',
      'pq: wrong value for "sslmode": "no" is not supported; supported values are disable, allow, prefer, require, verify-full, or verify-ca',
    ],
    ['host=a,b hostaddr=1.1.1.1', 'pq: could not match 2 host names to 1 hostaddr values'],
    ['host=a,b port=1,2,3', 'pq: could not match 3 port numbers to 2 hosts'],
    [
      'sslrootcert=system sslmode=require',
      'pq: weak sslmode "require" may not be used with sslrootcert=system (use "verify-full")',
    ],
    ['postgres://a%zz@h/d', 'parse "postgres://a%zz@h/d": invalid URL escape "%zz"'],
  ]
  test.each(cases)('%s', (connection, want) => {
    expect(() => read(connection)).toThrow(expect.objectContaining({ message: want }))
  })
  test('a variable that would be overlooked', () => {
    const words = 'pq: environment variable $PGSSLCRL is not supported'
    expect(() => read('', { PGSSLCRL: 'x' })).toThrow(words)
  })
})
