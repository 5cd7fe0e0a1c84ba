import { expect, it } from 'vitest'
import { decodeMetadata } from '../../../src/chart/index.ts'
import { parseHead } from '../../../src/manifest/head.ts'

it.each([
  ['20210101', '20210101'],
  ['16777217', '16777217'],
  ['0x1F4240', '2048576'],
  ['12345678.5', '1.2345678e+07'],
  ['1.10', '1.1'],
  ['-0.0', '-0'],
  ['.inf', '+Inf'],
  ['-.inf', '-Inf'],
  ['.nan', 'NaN'],
])('the number %s where Chart.yaml wants text is %j', (written, text) => {
  for (const block of ['d', '>-\n  d']) {
    const { value, error } = decodeMetadata(`name: a\ndescription: ${block}\nappVersion: ${written}\n`)
    expect(error).toBeUndefined()
    expect(value.appVersion).toBe(text)
  }
})

it.each([
  'other: .inf\n',
  'dependencies:\n- import-values: [.inf]\n',
])('an infinity where text is not wanted is refused: %j', (source) => {
  expect(decodeMetadata(source).error?.message).toBe('error converting YAML to JSON: json: unsupported value: +Inf')
})

it('a large whole number as name or annotation of a manifest keeps its digits', () => {
  const parsed = parseHead('kind: A\nmetadata:\n  name: 12345678\n  annotations: {helm.sh/hook-weight: 1000000}\n')
  expect(parsed).toMatchObject({ head: { name: '12345678' } })
  expect('head' in parsed && parsed.head.annotations?.get('helm.sh/hook-weight')).toBe('1000000')
})
