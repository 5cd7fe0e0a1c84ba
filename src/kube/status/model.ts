import type { KubeObject } from '../../api/index.ts'

/** How far an object is. As kstatus. */
export type ReadyStatus = 'InProgress' | 'Failed' | 'Current' | 'Terminating' | 'NotFound' | 'Unknown'

/** A status with the reason for it, in kstatus' words. */
export interface StatusResult {
  readonly status: ReadyStatus
  readonly message: string
}

/** Judges one kind. `nowMs` matters for grace periods only. */
export type StatusRule = (object: KubeObject, nowMs: number) => StatusResult

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type?: string
  readonly status?: string
  readonly reason?: string
  readonly message?: string
}

/** The three results that carry a message. */
export const current = (message: string): StatusResult => ({ status: 'Current', message })
export const inProgress = (message: string): StatusResult => ({ status: 'InProgress', message })
export const failed = (message: string): StatusResult => ({ status: 'Failed', message })

/** The conditions of an object; empty when it has none. */
export function conditionsOf(object: KubeObject): readonly Condition[] {
  const conditions = valueAt(object, ['status', 'conditions'])
  return Array.isArray(conditions) ? (conditions as Condition[]) : []
}

/** The value at a path of keys; undefined when any is missing. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  let at: unknown = object
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

/** An integer at a dotted path, or `fallback`. */
export function intAt(object: unknown, path: string, fallback: number): number {
  const value = valueAt(object, path.split('.'))
  return typeof value === 'number' ? Math.trunc(value) : fallback
}

/** A text at a dotted path, or `fallback`. */
export function textAt(object: unknown, path: string, fallback: string): string {
  const value = valueAt(object, path.split('.'))
  return typeof value === 'string' ? value : fallback
}
