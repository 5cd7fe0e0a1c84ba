import type { GoMap, GoValue } from '../../go/index.ts'
import { emitJson, parseYaml, type YamlPositions } from '../../encoding/index.ts'
import { type SchemaFacts, schemaFactsAt, type SchemaNode } from './schema-facts.ts'
import { readValueComments, type ValueComment, type ValueComments } from './values-comments.ts'

/** A value as a README lists it. */
export interface ValueRow {
  /** `image.tag`, with keys that hold dots in quotes. */
  readonly key: string
  readonly type: string
  /** The default as JSON, or the text that a comment gives for it; empty when there is none. */
  readonly default: string
  readonly description: string
  readonly section: string
  readonly required: boolean
  readonly deprecated: boolean
  /** The values that the schema allows, as JSON. */
  readonly allowed: readonly string[]
}

/**
 * Lists the values of a chart: what values.yaml has with its comments, then what only the schema has. A map is gone into;
 * a map whose comment is marked with `# --` is a row itself, and below it only keys that have comments of their own are.
 */
export function listValues(source: string, schema: SchemaNode | undefined): ValueRow[] {
  const positions: YamlPositions = new WeakMap()
  const values = parseYaml(source, { target: 'map', positions })
  const rows: ValueRow[] = []
  const context: Context = { comments: readValueComments(source), positions, schema, rows }
  listMap(values, [], false, context)
  return rows
}

interface Context {
  readonly comments: ValueComments
  readonly positions: YamlPositions
  readonly schema: SchemaNode | undefined
  readonly rows: ValueRow[]
}

function listMap(map: GoMap, path: readonly string[], onlyCommented: boolean, context: Context): void {
  for (const [name, value] of map) {
    const below = [...path, String(name)]
    const line = context.positions.get(map)?.get(String(name))?.line ?? 0
    const comment = context.comments.named(keyText(below)) ?? context.comments.at(line)
    if (comment?.ignored === true) continue
    const facts = schemaFactsAt(context.schema, below)
    const isFull = value instanceof Map && value.size > 0
    const isRow = isFull ? comment?.marked === true : !onlyCommented || comment !== undefined
    if (isRow) context.rows.push(rowOf(keyText(below), value, comment, facts))
    if (isFull) listMap(value, below, onlyCommented || comment?.marked === true, context)
  }
  if (!onlyCommented) listSchemaOnly(map, path, context)
}

/** Keys that the schema describes and values.yaml leaves out. */
function listSchemaOnly(map: GoMap, path: readonly string[], context: Context): void {
  for (const name of schemaFactsAt(context.schema, path)?.properties ?? []) {
    if (map.has(name)) continue
    const facts = schemaFactsAt(context.schema, [...path, name])
    if (facts !== undefined && facts.description !== '') {
      context.rows.push({
        ...rowOf(keyText([...path, name]), undefined, undefined, facts),
        default: facts.default ?? '',
      })
    }
  }
}

function rowOf(
  key: string,
  value: GoValue | undefined,
  comment: ValueComment | undefined,
  facts: SchemaFacts | undefined,
): ValueRow {
  return {
    key,
    type: comment?.type || (value === undefined || value === null ? (facts?.type ?? '') : '') || typeName(value),
    default: comment?.shownDefault ?? (value === undefined ? '' : emitJson(value)),
    description: comment?.description || (facts?.description ?? ''),
    section: comment?.section ?? '',
    required: facts?.required ?? false,
    deprecated: facts?.deprecated ?? false,
    allowed: facts?.allowed ?? [],
  }
}

function typeName(value: GoValue | undefined): string {
  if (value === null || value === undefined) return 'any'
  if (value instanceof Map) return 'object'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return typeof value === 'number' && !Number.isInteger(value) ? 'float' : 'int'
}

function keyText(path: readonly string[]): string {
  return path.map((name) => (/[.\s]/.test(name) ? JSON.stringify(name) : name)).join('.')
}
