import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadChart } from '../../../src/chart/index.ts'

it.each([
  ['apiVersion: v3\nname: a\nversion: 1.0.0\n', 'invalid chart apiVersion'],
  ['apiVersion: v3\nname: a\nversion: x\n', 'validation: chart.metadata.version "x" is invalid'],
  ['apiVersion: v3\n', 'validation: chart.metadata.name is required'],
  ['apiVersion: v4\n', 'unsupported chart version'],
])('a chart of another format is refused, and its mistakes first where Helm reads it: %j', (metadata, message) => {
  const folder = mkdtempSync(join(tmpdir(), 'chartctl-version-'))
  try {
    writeFileSync(join(folder, 'Chart.yaml'), metadata)
    expect(() => loadChart(folder)).toThrow(message)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
