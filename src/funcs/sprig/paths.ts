import { fn, type FunctionTable } from '../signature.ts'

/** `path.Clean`: the shortest path for the same place, by the text alone. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop()
    else if (!rooted) parts.push(part)
  }
  const joined = parts.join('/')
  if (rooted) return `/${joined}`
  return joined === '' ? '.' : joined
}

function base(path: string): string {
  if (path === '') return '.'
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

function extension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}

const directory = (path: string): string => cleanPath(path.slice(0, path.lastIndexOf('/') + 1))
const isAbsolute = (path: string): boolean => path.startsWith('/')

/** Functions on paths, by `/` everywhere. */
export const pathFunctions: FunctionTable = {
  base: fn('string', 'string', base),
  clean: fn('string', 'string', cleanPath),
  dir: fn('string', 'string', directory),
  ext: fn('string', 'string', extension),
  isAbs: fn('string', 'bool', isAbsolute),
  osBase: fn('string', 'string', base),
  osClean: fn('string', 'string', cleanPath),
  osDir: fn('string', 'string', directory),
  osExt: fn('string', 'string', extension),
  osIsAbs: fn('string', 'bool', isAbsolute),
}
