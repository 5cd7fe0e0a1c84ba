import { type Chart, loadChartFolderUnchecked } from '../../chart/index.ts'
import type { LintContext } from '../context.ts'
import { attempt } from './attempt.ts'

/** The rules for dependencies: charts/ and Chart.yaml name the same charts, and each once. */
export function checkDependencies({ folder, findings, log }: LintContext): void {
  const loaded = attempt(() => loadChartFolderUnchecked(folder, { log }))
  if (loaded.problem !== undefined) {
    findings.check('ERROR', '', `unable to load chart\n\t${loaded.problem}`)
    return
  }
  const chart = loaded.value
  const listed = (chart.metadata.dependencies ?? []).filter((entry) => entry !== null)
  const names = new Set(listed.map((entry) => entry.name))
  const present = chart.dependencies.map((subchart) => subchart.name)
  findings.check(
    'ERROR',
    folder,
    missing(
      'chart metadata is missing these dependencies',
      present.filter((name) => !names.has(name)),
    ),
  )
  findings.check('ERROR', folder, missing('multiple dependencies with name or alias', repeatedKeys(chart)))
  findings.check(
    'WARNING',
    folder,
    missing(
      'chart directory is missing these dependencies',
      listed.map((entry) => entry.name).filter((name) => !present.includes(name)),
    ),
  )
}

function missing(text: string, names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `${text}: ${names.join(',')}`
}

function repeatedKeys(chart: Chart): string[] {
  const seen = new Set<string>()
  return (chart.metadata.dependencies ?? []).flatMap((entry) => {
    if (!entry) return []
    const key = entry.alias === '' ? entry.name : entry.alias
    if (seen.has(key)) return [key]
    seen.add(key)
    return []
  })
}
