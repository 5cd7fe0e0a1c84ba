import { expect, test } from 'vitest'
import { parseIndex } from '../../../src/repo/index.ts'

const versions = 40
const charts = 60

/** An index of about 600 kB, as `repo index` lays it out; `change` may spoil it. */
function largeIndex(change: (text: string) => string = (text) => text): Uint8Array {
  const entry = (name: string, version: number): string =>
    `  - apiVersion: v2\n    created: "2024-01-01T00:00:00Z"\n    description: ${name} does things of many kinds, told in many words\n` +
    `    digest: ${'0'.repeat(64)}\n    keywords:\n    - web\n    name: ${name}\n    urls:\n    - ${name}-${version}.0.0.tgz\n    version: ${version}.0.0\n`
  let text = 'apiVersion: v1\nentries:\n'
  for (let chart = 0; chart < charts; chart++) {
    text += `  chart-${chart}:\n`
    for (let version = 0; version < versions; version++) text += entry(`chart-${chart}`, version)
  }
  return Buffer.from(change(`${text}generated: "2024-01-01T00:00:00Z"\n`))
}

function read(data: Uint8Array): { charts: number; newest: string | undefined } {
  const { entries } = parseIndex(data, 'test', () => {})
  return { charts: entries.size, newest: entries.get('chart-7')?.[0]?.metadata.version }
}

test('a large index is read chart by chart, and whole when its layout differs', () => {
  expect(read(largeIndex())).toEqual({ charts, newest: '39.0.0' })
  expect(read(largeIndex((text) => text.replace('entries:\n', 'entries: \n')))).toEqual({ charts, newest: '39.0.0' })
})

test.each<[name: string, change: (text: string) => string, problem: string]>([
  [
    'a field of the wrong type',
    (text) => text.replace('version: 5.0.0', 'version: 5'),
    'cannot unmarshal number into Go struct field ChartVersion.entries.Metadata.version of type string',
  ],
  ['an unknown field', (text) => text.replace('    keywords:', '    nope: 1\n    keywords:'), 'unknown field "nope"'],
  ['a chart that stands twice', (text) => text.replace('  chart-9:', '  chart-8:'), 'key "chart-8" already set in map'],
  [
    'a key that stands twice',
    (text) => text.replace('    digest:', '    name: again\n    digest:'),
    'key "name" already set in map',
  ],
  ['broken YAML', (text) => text.replace('- web', '- [web'), 'did not find expected'],
  ['no API version', (text) => text.replace('apiVersion: v1\nentries', 'entries'), 'no API version specified'],
])('%s in a large index is an error of the whole', (_name, change, problem) => {
  expect(() => read(largeIndex(change))).toThrow(problem)
})
