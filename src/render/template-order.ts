import { compareStrings } from '../go/index.ts'

/** Template names in the order in which Helm parses and renders them: deepest path first, then by name, descending. */
export function templateOrder(names: Iterable<string>): string[] {
  const keyed = Array.from(names, (name) => ({ name, depth: name.split('/').length }))
  return keyed
    .sort((a, b) => (a.depth === b.depth ? compareStrings(b.name, a.name) : b.depth - a.depth))
    .map((entry) => entry.name)
}
