const RESERVED = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
])

const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}

/** The CEL identifier by which expressions reach a field; undefined when they cannot. As Kubernetes' escaping rules. */
export function escapeName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`
  if (!/^[A-Za-z_.\-/][A-Za-z0-9_.\-/]*$/.test(name)) return undefined
  return name.replaceAll(/__|[-./]/g, (part) => ESCAPES[part] ?? part)
}

const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ESCAPES).map(([name, sequence]) => [sequence, name]),
)

/** The field that an identifier stands for. */
export function unescapeName(identifier: string): string {
  const reserved = /^__([a-z]+)__$/.exec(identifier)?.[1]
  if (reserved !== undefined && RESERVED.has(reserved)) return reserved
  return identifier.replaceAll(/__(?:underscores|dot|dash|slash)__/g, (sequence) => NAMES[sequence] ?? sequence)
}
