import type { KubeObject } from '../../api/index.ts'
import type { Scope } from './context.ts'
import { badRequest } from './errors.ts'
import type { ListMeta } from './list-meta.ts'

/** An object reduced to its metadata. */
export function partialMetadata(object: KubeObject, metaVersion: string): Record<string, unknown> {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${metaVersion}`, metadata: object.metadata }
}

/** Objects as a `Table` (what kubectl prints). Without `header` the columns are left out, as in later events of a watch. */
export function tableOfRows(
  scope: Scope,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  options: { readonly header: boolean },
): Record<string, unknown> {
  const { definition, output, request } = scope
  const include = request.query.get('includeObject') ?? ''
  if (!['', 'Metadata', 'Object', 'None'].includes(include)) {
    throw badRequest(
      `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`,
    )
  }
  const nowMs = scope.server.clock.nowMs()
  const rowObject = (object: KubeObject): unknown => {
    if (include === 'None') return null
    return include === 'Object' ? object : partialMetadata(object, output.metaVersion)
  }
  const rows = inOrder(objects, definition.table.order).map((object) => ({
    cells: definition.table.row(object, nowMs),
    object: rowObject(object),
  }))
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${output.metaVersion}`,
    metadata,
    columnDefinitions: options.header
      ? definition.table.columns.map((column) => ({
          name: column.name,
          type: column.type,
          format: column.format ?? '',
          description: column.description ?? '',
          priority: column.priority ?? 0,
        }))
      : null,
    rows: rows.length === 0 && definition.table.generic === true ? null : rows,
  }
}

function inOrder(
  objects: readonly KubeObject[],
  order: ((a: KubeObject, b: KubeObject) => number) | undefined,
): readonly KubeObject[] {
  return order === undefined ? objects : objects.toSorted(order)
}
