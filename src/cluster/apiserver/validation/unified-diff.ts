import { structuredPatch } from 'diff'

/** The hunks of a unified diff with three lines of context, without file names, as `diff.Diff` of k8s.io/utils. */
export function unifiedDiff(before: string, after: string): string {
  const patch = structuredPatch('', '', `${before}\n`, `${after}\n`, '', '', { context: 3 })
  const lines = patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ])
  return `${lines.join('\n')}\n`
}
