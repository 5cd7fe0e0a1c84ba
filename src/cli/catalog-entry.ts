import type { Command } from './command.ts'

/** A command as listings show it; `load` imports its module, a group has none. */
export interface CatalogEntry {
  /** Words after the program's name. */
  readonly path: string
  readonly summary: string
  readonly aliases?: readonly string[]
  /** Kept out of listings and completion. */
  readonly hidden?: boolean
  /** Not among Helm's commands: not offered in completion when the program is called as `helm`. */
  readonly beyondHelm?: boolean
  /** Wrong names for which this command is suggested. */
  readonly suggestFor?: readonly string[]
  /** Flags without values, with their dashes, that may stand before the name of a command below this one. */
  readonly switches?: readonly string[]
  /** What help says about a group above its usage line. */
  readonly description?: string
  /** Gets the tree of all commands, for those that list them. */
  readonly load?: (root: CatalogNode) => Promise<Command>
}

/** A command or group of commands in the tree that `catalog.ts` spells as paths. */
export interface CatalogNode {
  readonly name: string
  readonly entry: CatalogEntry
  /** Sorted by name. */
  readonly children: readonly CatalogNode[]
}

/** Builds the tree; the root's entry is `root`. */
export function buildTree(root: CatalogEntry, entries: readonly CatalogEntry[]): CatalogNode {
  const level = (entry: CatalogEntry): CatalogNode => {
    const prefix = entry.path === '' ? '' : `${entry.path} `
    const below = entries.filter(
      (other) => other.path.startsWith(prefix) && !other.path.slice(prefix.length).includes(' '),
    )
    const children = below.filter((other) => other !== entry).map(level)
    children.sort((a, b) => (a.name < b.name ? -1 : 1))
    return { name: entry.path.slice(entry.path.lastIndexOf(' ') + 1), entry, children }
  }
  return level(root)
}

/** The child that is called `name`, by name or alias. */
export function findChild(node: CatalogNode, name: string): CatalogNode | undefined {
  return node.children.find((child) => child.name === name || child.entry.aliases?.includes(name))
}
