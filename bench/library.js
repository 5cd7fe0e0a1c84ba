// The library: rendering a chart for the second time in one process.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { median, printTable } from './lib/time.js'

const cases = [
  ['nginx, tls.enabled=false', 'nginx-22.1.1.tgz', '{tls: {enabled: false}}', '3 ms'],
  ['kube-prometheus-stack', 'kube-prometheus-stack-88.5.3.tgz', '{}', '60 ms'],
]

/** Measures the first, the second and later renderings in this process. */
export async function benchLibrary({ root, rounds }) {
  const { loadChart, parseValues, renderChart, systemHost } = await import(
    pathToFileURL(path.join(root, 'dist/index.js')).href
  )
  const rows = []
  for (const [title, file, text, goal] of cases) {
    const archive = path.join(root, '../shared/conformance/charts/archives', file)
    if (!existsSync(archive)) continue
    const chart = await loadChart(archive)
    const values = parseValues(text)
    const host = systemHost()
    const times = []
    for (let round = 0; round < rounds + 2; round++) {
      const started = process.hrtime.bigint()
      await renderChart(chart, values, {
        release: { name: 'x', namespace: 'default', revision: 1, isUpgrade: false },
        host,
      })
      times.push(Number(process.hrtime.bigint() - started) / 1e6)
    }
    const [first, second, ...later] = times
    rows.push([title, first.toFixed(1), second.toFixed(1), median(later).toFixed(1), goal])
  }
  if (rows.length > 0) printTable(['library', 'first ms', 'second ms', 'later ms', 'goal for the second'], rows)
}
