import type { JsonObject } from '../../../api/index.ts'
import { unifiedDiff } from './unified-diff.ts'

/** A change of a pod's spec as a unified diff of its fields. */
export function podSpecDiff(before: JsonObject, after: JsonObject): string {
  return unifiedDiff(JSON.stringify(before, null, 1), JSON.stringify(after, null, 1))
}
