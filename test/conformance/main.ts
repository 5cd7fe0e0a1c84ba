import { runChartFile } from './chart-cases.ts'
import { runChartsFile } from './charts-cases.ts'
import { runCliFile } from './cli-cases.ts'
import { clusterCases } from './cluster-cases.ts'
import { type CaseResult, caseFiles, familyOf, type FamilyRunner, recordings } from './runner.ts'
import { runSemverFile } from './semver-cases.ts'
import { runTemplateFile } from './template-cases.ts'
import { runValuesFile } from './values-cases.ts'
import { runYamlFile } from './yaml-cases.ts'

/** The module of each family that needs no cluster. */
export const families: Readonly<Record<string, FamilyRunner>> = {
  template: runTemplateFile,
  yaml: runYamlFile,
  values: runValuesFile,
  semver: runSemverFile,
  chart: runChartFile,
  charts: runChartsFile,
  cli: runCliFile,
}

/** Families whose scenarios are replayed against a cluster. */
const clusterFamilies = ['release', 'kubectl', 'api']

/** Runs the cases below the given paths; prints what fails and, last, the counts. Gives the exit code. */
export async function main(paths: readonly string[]): Promise<number> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const report = (result: CaseResult): void => {
    counts[result.status]++
    if (result.status === 'failed') console.log(`FAIL ${result.id}: ${result.detail ?? ''}`)
    if (result.status === 'skipped' && result.detail) console.log(`SKIP ${result.id}: ${result.detail}`)
  }
  const files = caseFiles(paths.length > 0 ? paths : [recordings])
  const cluster = clusterCases()
  try {
    for (const file of files) {
      const family = familyOf(file)
      const run = clusterFamilies.includes(family) ? cluster.run : families[family]
      if (!run) throw new Error(`no such family: ${file}`)
      await run(file, report)
    }
  } finally {
    await cluster.close()
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  return counts.failed > 0 ? 1 : 0
}
