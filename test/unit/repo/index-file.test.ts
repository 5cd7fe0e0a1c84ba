import { expect, test } from 'vitest'
import type { LogRecord } from '../../../src/base/index.ts'
import { findInIndex, mergeIndex, parseIndex } from '../../../src/repo/http/index-file.ts'

const source = `apiVersion: v1
entries:
  web:
  - {apiVersion: v2, name: web, version: 1.2.0, urls: [web-1.2.0.tgz]}
  - {apiVersion: v2, name: web, version: 2.0.0-rc.1, urls: [web-2.0.0-rc.1.tgz]}
  - {apiVersion: v2, name: web, version: 1.10.0, urls: [web-1.10.0.tgz]}
  - {apiVersion: v2, name: web, version: no version, urls: []}
  -
generated: "2026-01-01T00:00:00Z"
`

function parse(text: string) {
  const records: LogRecord[] = []
  const index = parseIndex(Buffer.from(text), 'here', (record) => records.push(record))
  return { index, messages: records.map((record) => record.message) }
}

test('versions are sorted, bad entries left out with a warning', () => {
  const { index, messages } = parse(source)
  expect(index.entries.get('web')?.map((entry) => entry.metadata.version)).toEqual(['2.0.0-rc.1', '1.10.0', '1.2.0'])
  expect(messages).toHaveLength(2)
})

test.each([
  ['', '1.10.0'],
  ['>0.0.0-0', '2.0.0-rc.1'],
  ['~1.2', '1.2.0'],
  ['1.2.0', '1.2.0'],
])('asked for %j it finds %s', (wanted, version) => {
  expect(findInIndex(parse(source).index, 'web', wanted).metadata.version).toBe(version)
})

test('what is not there is named', () => {
  const { index } = parse(source)
  expect(() => findInIndex(index, 'web', '9')).toThrow('no chart version found for web-9')
  expect(() => findInIndex(index, 'none', '')).toThrow('no chart name found')
})

test('merging keeps what is there', () => {
  const { index } = parse(source)
  mergeIndex(index, parse(source.replaceAll('web', 'db')).index, () => {})
  expect([...index.entries.keys()]).toEqual(['web', 'db'])
})

test('an index must have an API version, and known fields only', () => {
  expect(() => parse('entries: {}\n')).toThrow('no API version specified')
  expect(() => parse('apiVersion: v1\nentries: {}\nextra: 1\n')).toThrow('unknown field "extra"')
  expect(() => parse('')).toThrow('empty index.yaml file')
})

test('a JSON index may have unknown fields', () => {
  expect(parse('{"apiVersion":"v1","entries":{},"extra":1}').index.apiVersion).toBe('v1')
})
