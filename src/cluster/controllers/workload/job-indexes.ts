import type { Pod } from '../../control/index.ts'

/** Annotation and label with the index of a pod of an Indexed job. */
export const indexAnnotation = 'batch.kubernetes.io/job-completion-index'

/** The completion index of a pod; undefined when it has none. */
export function completionIndex(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[indexAnnotation]
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined
}

/** Reads `1,3-5`. */
export function parseIndexes(text: string | undefined): Set<number> {
  const indexes = new Set<number>()
  for (const part of (text ?? '').split(',')) {
    if (part === '') continue
    const [first = '', last = first] = part.split('-')
    for (let index = Number(first); index <= Number(last); index++) indexes.add(index)
  }
  return indexes
}

/** Prints `1,3-5`: runs of two print as both numbers. */
export function printIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length; ) {
    let end = i
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++
    if (end === i) parts.push(String(sorted[i]))
    else if (end === i + 1) parts.push(`${sorted[i]},${sorted[end]}`)
    else parts.push(`${sorted[i]}-${sorted[end]}`)
    i = end + 1
  }
  return parts.join(',')
}
