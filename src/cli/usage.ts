import type { CatalogNode } from './catalog-entry.ts'
import type { Command } from './command.ts'

/** `helm repo add`: the program and the words of the command. */
export function commandPathOf(program: string, path: string): string {
  return path === '' ? program : `${program} ${path}`
}

/** The usage line: `helm repo add [NAME] [URL] [flags]`; for a group `helm repo [command]`. */
export function useLineOf(program: string, node: CatalogNode, command?: Command): string {
  const path = commandPathOf(program, node.entry.path)
  if (command === undefined) return `${path} [command]`
  const usage = command.usage === undefined ? '' : ` ${command.usage}`
  return `${path}${usage}${usage.includes('[flags]') ? '' : ' [flags]'}`
}
