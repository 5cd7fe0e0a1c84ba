import type { Chart } from '../../../chart/index.ts'

/** Names of the dependencies in Chart.yaml that charts/ lacks. As Helm 4 `action.CheckDependencies`. */
export function missingDependencies(chart: Chart): string[] {
  const present = new Set(chart.dependencies.map((dependency) => dependency.name))
  return (chart.metadata.dependencies ?? []).flatMap((wanted) =>
    wanted === null || present.has(wanted.name) ? [] : [wanted.name],
  )
}
