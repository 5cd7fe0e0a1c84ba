import { fromBytes, type GoMap, goType } from '../../go/index.ts'
import { chartError } from '../errors.ts'
import type { Chart } from '../model.ts'
import { isTable } from '../values/merge.ts'
import type { SchemaOptions } from './load-url.ts'
import { isSurelyValid } from './plain.ts'
import { checkThoroughly } from './thorough.ts'

export type { SchemaOptions }

/**
 * Checks coalesced values against the values.schema.json of a chart and of its sub-charts. Throws one error with all findings,
 * worded as Helm 4.2.
 */
export function validateValues(chart: Chart, values: GoMap, options: SchemaOptions = {}): void {
  const findings = collectFindings(chart, values, options)
  if (findings === '') return
  throw chartError(
    'VALUES_SCHEMA',
    `values don't meet the specifications of the schema(s) in the following chart(s):\n${findings}`,
  )
}

function collectFindings(chart: Chart, values: GoMap, options: SchemaOptions): string {
  let text = ''
  if (chart.schema) {
    options.log?.({ level: 'DEBUG', message: 'chart name', attributes: [['chart-name', chart.name]] })
    const finding = checkAgainstSchema(values, chart.schema, options)
    if (finding !== undefined) text += `${chart.name}:\n${finding}`
  }
  options.log?.({
    level: 'DEBUG',
    message: 'number of dependencies in the chart',
    attributes: [
      ['chart', chart.name],
      ['dependencies', chart.dependencies.length],
    ],
  })
  for (const subchart of chart.dependencies) {
    const section = values.get(subchart.name)
    if (section === undefined || section === null) continue
    if (isTable(section)) text += collectFindings(subchart, section, options)
    else text += `${subchart.name}:\ninvalid type for values: expected object (map), got ${goType(section)}\n`
  }
  return text
}

/** Checks values against one schema; the answer is Helm's error text, or undefined when they are valid. */
export function checkAgainstSchema(values: GoMap, schema: Uint8Array, options: SchemaOptions = {}): string | undefined {
  const text = fromBytes(schema)
  options.log?.({ level: 'DEBUG', message: 'unmarshalled JSON schema', attributes: [['schema', text]] })
  if (isSurelyValid(text, values)) return undefined
  return checkThoroughly(text, values, options)
}
