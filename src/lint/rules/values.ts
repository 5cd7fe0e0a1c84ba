import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkAgainstSchema, coalesceTables } from '../../chart/index.ts'
import { parseYaml } from '../../encoding/index.ts'
import { fromBytes, type GoMap } from '../../go/index.ts'
import type { LintContext } from '../context.ts'
import { attempt } from './attempt.ts'

const file = 'values.yaml'

/** The rules for values.yaml: it can be read, and with the given values it meets the chart's own schema. */
export function checkValuesFile(context: LintContext): void {
  const { findings } = context
  const path = join(context.folder, file)
  if (!findings.check('INFO', file, existsSync(path) ? undefined : 'file does not exist')) return
  findings.check('ERROR', file, valuesProblem(context, path))
}

function valuesProblem(context: LintContext, path: string): string | undefined {
  const parsed = attempt(() => readValues(path))
  if (parsed.problem !== undefined) return `unable to parse YAML: ${parsed.problem}`
  const values = coalesceTables(sharingTables(context), parsed.value, context.log)
  const schemaPath = join(context.folder, 'values.schema.json')
  const schema = attempt(() => readFileSync(schemaPath))
  if (schema.problem !== undefined || schema.value.length === 0 || context.skipSchemaValidation) return undefined
  return checkAgainstSchema(values, schema.value, context.schema)
}

/**
 * The given values in a map of their own whose tables are still those given. Helm completes these tables with the chart's
 * defaults here, and what is checked later (the templates, the next chart) sees them completed: nulls of the defaults come
 * back, and a null that removed a nested default is spent.
 */
function sharingTables(context: LintContext): GoMap {
  return coalesceTables(new Map(), context.values, context.log)
}

function readValues(path: string): GoMap {
  const parsed = attempt(() => parseYaml(fromBytes(readFileSync(path)), { target: 'map' }))
  if (parsed.problem === undefined) return parsed.value
  // Helm reads this file into its own map type, whose name shows in the error.
  throw new TypeError(parsed.problem.replace('map[string]interface {}', 'common.Values'))
}
