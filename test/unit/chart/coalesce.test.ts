import { expect, test } from 'vitest'
import { assembleChart, coalesceValues } from '../../../src/chart/index.ts'

test('warnings come step by step, the chart before its sub-chart, and in each step by key', () => {
  const files = {
    'Chart.yaml': '{apiVersion: v2, name: p, version: 0.1.0}',
    'values.yaml': 'z: 1\ns:\n  a: 5\n',
    'charts/s/Chart.yaml': '{apiVersion: v2, name: s, version: 0.1.0}',
    'charts/s/values.yaml': 'a: text\n',
  }
  const chart = assembleChart(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })))
  const given = new Map([
    ['z', new Map()],
    ['s', new Map([['a', new Map()]])],
  ])
  const messages: string[] = []
  coalesceValues(chart, given, (record) => messages.push(record.message))
  expect(messages).toEqual([
    'warning: destination for p.s.a is a table. Ignoring non-table value (5)',
    'warning: skipped value for p.z: Not a table.',
    'warning: skipped value for p.s.a: Not a table.',
  ])
})
