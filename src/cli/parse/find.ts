import { type CatalogNode, findChild } from '../catalog-entry.ts'
import { unknownCommand } from '../errors.ts'
import type { FlagSet } from './flag-set.ts'

/** The command that the arguments name, and the arguments without its words. */
export interface FoundCommand {
  readonly node: CatalogNode
  readonly argv: readonly string[]
}

/**
 * Finds the command as cobra does: the first word that is neither a flag nor (as far as the global flags tell) a flag's
 * value names the next level. A first word that names nothing is an unknown command; deeper it is an argument.
 */
export function findCommand(
  root: CatalogNode,
  argv: readonly string[],
  globals: FlagSet,
  program: string,
): FoundCommand {
  let node = root
  let rest = argv
  for (;;) {
    const at = firstWord(rest, globals, node.entry.switches)
    if (at === undefined) break
    const child = findChild(node, rest[at] ?? '')
    if (child === undefined) break
    node = child
    rest = [...rest.slice(0, at), ...rest.slice(at + 1)]
  }
  const at = firstWord(rest, globals)
  if (node === root && at !== undefined) {
    const name = rest[at] ?? ''
    throw unknownCommand(name, program, suggestions(root, name))
  }
  return { node, argv: rest }
}

function firstWord(argv: readonly string[], globals: FlagSet, switches?: readonly string[]): number | undefined {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') return undefined
    if (switches?.includes(word)) continue
    if (takesNextWord(word, globals)) at += 1
    else if (word !== '' && !word.startsWith('-')) return at
  }
  return undefined
}

function takesNextWord(word: string, globals: FlagSet): boolean {
  if (word.includes('=')) return false
  // cobra defines the help flag only once it has found the command; until then it takes it for one with a value.
  if (word === '--help' || word === '-h') return true
  if (word.startsWith('--')) return globals.byName.get(word.slice(2))?.spec.alone === undefined
  return word.length === 2 && word.startsWith('-') && globals.byShort.get(word.slice(1))?.spec.alone === undefined
}

/** The order in which Helm registers its commands; it suggests them in this order, then those of plugins. */
const registered = [
  ...['create', 'dependency', 'pull', 'show', 'lint', 'package', 'repo', 'search', 'verify'],
  ...['get', 'history', 'install', 'list', 'test', 'rollback', 'status', 'template', 'uninstall', 'upgrade'],
  ...['completion', 'env', 'plugin', 'version', 'registry', 'push'],
]

function suggestions(root: CatalogNode, typed: string): string[] {
  const lower = typed.toLowerCase()
  const names: string[] = []
  const rank = ({ name }: CatalogNode): number => (registered.includes(name) ? registered.indexOf(name) : 99)
  for (const child of [...root.children].sort((a, b) => rank(a) - rank(b))) {
    if (child.entry.hidden === true || child.name === 'help') continue
    if (distance(lower, child.name) <= 2 || child.name.startsWith(lower)) names.push(child.name)
    if (child.entry.suggestFor?.includes(lower)) names.push(child.name)
  }
  return names
}

/** Levenshtein distance. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
