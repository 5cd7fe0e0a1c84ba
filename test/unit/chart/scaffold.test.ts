import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock, systemRandom } from '../../../src/base/index.ts'
import { createChart, loadChart, mergeValueSources, saveChart } from '../../../src/chart/index.ts'
import { lintChart } from '../../../src/lint/index.ts'
import { renderChart } from '../../../src/render/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chartctl-scaffold-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const host = { clock: manualClock(0), random: systemRandom, env: {} }
const release = { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false }

test('a new chart passes lint with nothing but the hint about an icon', () => {
  const result = lintChart(createChart('web', folder), new Map(), { namespace: 'ns' })
  expect(result.messages).toEqual([{ severity: 'INFO', path: 'Chart.yaml', text: 'icon is recommended' }])
})

test('a new chart renders the same from its folder and from its archive', async () => {
  const path = createChart('web', folder)
  const values = mergeValueSources(
    { set: ['ingress.enabled=true,httpRoute.enabled=true,autoscaling.enabled=true,ingress.tls[0].hosts={a,b}'] },
    () => new Uint8Array(),
  )
  const direct = await renderChart(loadChart(path), values, { host, release })
  const packaged = await renderChart(loadChart(saveChart(loadChart(path), folder)), values, { host, release })
  expect(direct.manifests.map(({ head }) => head.kind)).toEqual([
    'ServiceAccount',
    'Service',
    'Deployment',
    'HorizontalPodAutoscaler',
    'Ingress',
    'HTTPRoute',
  ])
  expect(packaged.manifests).toEqual(direct.manifests)
  expect(direct.hooks.map(({ events }) => events)).toEqual([['test']])
})

test('rendering leaves the chart as it was', async () => {
  const chart = loadChart(createChart('web', folder))
  const before = JSON.stringify([...(chart.values ?? [])])
  const first = await renderChart(chart, new Map(), { host, release })
  const second = await renderChart(chart, new Map(), { host, release })
  expect(JSON.stringify([...(chart.values ?? [])])).toBe(before)
  expect(second.manifests).toEqual(first.manifests)
})
