import type { StatusCause } from '../../../api/index.ts'
import { type Manager, printManager } from './managers.ts'
import { type PathElement, printPath } from './path-element.ts'

/** A field that somebody else owns with another value. */
export interface Conflict {
  readonly manager: Manager
  readonly path: readonly PathElement[]
}

/** Message and causes of a refused apply, as Kubernetes words them. */
export interface ConflictReport {
  readonly message: string
  readonly causes: readonly StatusCause[]
}

/** Words a refused apply. */
export function reportConflicts(conflicts: readonly Conflict[]): ConflictReport {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${printManager(manager)}`,
    field: printPath(path),
  }))
  return { message: conflictMessage(conflicts), causes }
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [only] = conflicts
  if (conflicts.length === 1 && only) {
    return `Apply failed with 1 conflict: conflict with ${printManager(only.manager)}: ${printPath(only.path)}`
  }
  const byManager = new Map<string, string[]>()
  for (const { manager, path } of conflicts) {
    const name = printManager(manager)
    byManager.set(name, [...(byManager.get(name) ?? []), `- ${printPath(path)}`])
  }
  const lines = [...byManager].flatMap(([name, paths]) => [`conflicts with ${name}:`, ...paths])
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}
