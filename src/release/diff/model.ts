import type { KubeObject } from '../../api/index.ts'
import type { FieldChange } from './fields.ts'

/** What becomes of one object. */
export type ChangeAction = 'create' | 'change' | 'delete' | 'keep' | 'none'

/** One object of a comparison. */
export interface ObjectChange {
  readonly action: ChangeAction
  readonly apiVersion: string
  readonly kind: string
  /** Empty for cluster-wide objects. */
  readonly namespace: string
  readonly name: string
  /** Events on which the object runs as a hook; absent: it is no hook. */
  readonly hook?: readonly string[]
  /** Fields that differ; of new and deleted objects none are listed. */
  readonly fields: readonly FieldChange[]
  /** The whole object, for what is created. */
  readonly object?: KubeObject
  /** Why the server would refuse the change. */
  readonly refusal?: string
}

/** Shown in place of the values of Secrets. */
export const HIDDEN = '(hidden)'

/** A change without the values of Secrets; that they differ still shows. */
export function masked(change: ObjectChange): ObjectChange {
  if (change.kind !== 'Secret' || change.apiVersion !== 'v1') return change
  const hide = (path: string, value: unknown): unknown => {
    if (!/^(data|stringData)\b/.test(path) || value === undefined) return value
    if (typeof value !== 'object' || value === null) return HIDDEN
    return Object.fromEntries(Object.keys(value).map((key) => [key, HIDDEN]))
  }
  const fields = change.fields.map(({ path, before, after }) => ({
    path,
    ...(before === undefined ? {} : { before: hide(path, before) }),
    ...(after === undefined ? {} : { after: hide(path, after) }),
  }))
  if (change.object === undefined) return { ...change, fields }
  const { data, stringData, ...rest } = change.object as KubeObject & { data?: unknown; stringData?: unknown }
  const object = {
    ...rest,
    ...(data === undefined ? {} : { data: hide('data', data) }),
    ...(stringData === undefined ? {} : { stringData: hide('stringData', stringData) }),
  } as KubeObject
  return { ...change, fields, object }
}
