import type { Log } from '../base/index.ts'
import { compareStrings } from '../go/index.ts'
import { ManifestError, manifestSyntaxError } from './errors.ts'
import { splitManifests } from './documents.ts'
import { type ManifestHead, parseHead } from './head.ts'
import {
  commaList,
  type Hook,
  hookAnnotation,
  hookDeleteAnnotation,
  hookOutputLogAnnotation,
  hookWeightAnnotation,
  parseHookEvents,
  parseHookWeight,
} from './hooks.ts'
import { sortByKind } from './kind-order.ts'

/** One document of a rendered template that is no hook. */
export interface Manifest {
  /** Path of the template that rendered it. */
  readonly path: string
  readonly content: string
  readonly head: ManifestHead
  readonly kind: string
}

/** Rendered documents, split into hooks and the rest. */
export interface SortedManifests {
  readonly hooks: Hook[]
  readonly manifests: Manifest[]
}

/** What was sorted before a document failed to parse, for callers that show it. */
export class SortError extends ManifestError {
  readonly partial: SortedManifests
  constructor(cause: ManifestError, partial: SortedManifests) {
    super(cause.code, cause.message, cause.details, cause)
    this.partial = partial
  }
}

/**
 * Splits rendered files into documents and sorts them by kind, hooks apart. As Helm 4.2 `SortManifests`: files by name,
 * documents in the order of their file, partials and blank files left out, manifests with unknown hook events dropped.
 */
export function sortManifests(
  files: ReadonlyMap<string, string>,
  order: readonly string[],
  log?: Log,
): SortedManifests {
  const sorted: SortedManifests = { hooks: [], manifests: [] }
  for (const path of [...files.keys()].sort(compareStrings)) {
    if (path.slice(path.lastIndexOf('/') + 1).startsWith('_')) continue
    for (const content of splitManifests(files.get(path) ?? '')) addDocument(sorted, path, content, log)
  }
  return { hooks: sortByKind(sorted.hooks, order), manifests: sortByKind(sorted.manifests, order) }
}

function addDocument(sorted: SortedManifests, path: string, content: string, log: Log | undefined): void {
  const parsed = parseHead(content)
  if ('problem' in parsed) throw new SortError(manifestSyntaxError(path, parsed.problem), sorted)
  const { head } = parsed
  const hookTypes = head.annotations?.get(hookAnnotation)
  if (hookTypes === undefined) {
    sorted.manifests.push({ path, content, head, kind: head.kind })
    return
  }
  const events = parseHookEvents(hookTypes)
  if (!events) {
    log?.({ level: 'INFO', message: 'skipping unknown hooks', attributes: [['hookTypes', hookTypes]] })
    return
  }
  sorted.hooks.push({
    name: head.name,
    kind: head.kind,
    path,
    manifest: content,
    events,
    weight: parseHookWeight(head.annotations?.get(hookWeightAnnotation)),
    deletePolicies: commaList(head.annotations?.get(hookDeleteAnnotation)),
    outputLogPolicies: commaList(head.annotations?.get(hookOutputLogAnnotation)),
  })
}
