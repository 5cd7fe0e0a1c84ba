/** A piece of a word: plain text, or something to be replaced. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback?: string }
  | { readonly kind: 'command'; readonly script: string }

/** A word of a command, before expansion. */
export interface Word {
  readonly parts: readonly Part[]
  /** True when some of it was quoted, so that it stays even if it is empty. */
  readonly quoted: boolean
}

/** Where a command's input comes from or its output goes to. */
export interface Redirection {
  readonly stream: 0 | 1 | 2
  readonly mode: 'read' | 'write' | 'append' | 'join'
  readonly target: Word
}

/** One program with its arguments. */
export interface Command {
  readonly words: readonly Word[]
  readonly redirections: readonly Redirection[]
}

/** Commands joined by pipes, and how they depend on what went before. */
export interface Pipeline {
  readonly when: 'always' | 'success' | 'failure'
  readonly commands: readonly Command[]
  readonly negated: boolean
}

/** A script that the simulated shell cannot read. */
export class ShellSyntaxError extends Error {}

const RESERVED = new Set([
  'if',
  'then',
  'else',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  '{',
  '}',
  '(',
])

type Token = { readonly kind: 'word'; readonly word: Word } | { readonly kind: 'operator'; readonly text: string }

/** Reads a script: simple commands, pipes, lists (`;`, `&&`, `||`), quotes, variables, substitutions, redirections. */
export function parseScript(text: string): readonly Pipeline[] {
  const tokens = tokenize(text)
  const pipelines: Pipeline[] = []
  let at = 0
  let when: Pipeline['when'] = 'always'
  const peekOperator = (): string | undefined => {
    const token = tokens[at]
    return token?.kind === 'operator' ? token.text : undefined
  }
  while (at < tokens.length) {
    if (peekOperator() === ';') {
      at++
      when = 'always'
      continue
    }
    const commands: Command[] = []
    let negated = false
    for (;;) {
      const words: Word[] = []
      const redirections: Redirection[] = []
      for (;;) {
        const token = tokens[at]
        if (token === undefined) break
        if (token.kind === 'word') {
          if (words.length === 0 && plain(token.word) === '!') negated = !negated
          else words.push(token.word)
          at++
          continue
        }
        const redirection = redirectionOf(token.text)
        if (redirection === undefined) break
        at++
        const target = tokens[at]
        if (redirection.mode === 'join') {
          redirections.push({ ...redirection, target: { parts: [], quoted: false } })
          continue
        }
        if (target?.kind !== 'word') throw new ShellSyntaxError('syntax error: unexpected redirection')
        redirections.push({ ...redirection, target: target.word })
        at++
      }
      const [first] = words
      if (first === undefined && redirections.length === 0)
        throw new ShellSyntaxError(`syntax error: unexpected "${peekOperator() ?? 'end of file'}"`)
      const name = first === undefined ? '' : plain(first)
      if (name !== undefined && RESERVED.has(name)) {
        throw new ShellSyntaxError(`"${name}" is not available in a simulated container`)
      }
      commands.push({ words, redirections })
      if (peekOperator() !== '|') break
      at++
    }
    pipelines.push({ when, commands, negated })
    const operator = peekOperator()
    if (operator === undefined) break
    if (operator === '&&') when = 'success'
    else if (operator === '||') when = 'failure'
    else if (operator === ';' || operator === '&') when = 'always'
    else throw new ShellSyntaxError(`syntax error: unexpected "${operator}"`)
    at++
  }
  return pipelines
}

/** The text of a word without anything to expand. */
function plain(word: Word): string | undefined {
  if (word.quoted || word.parts.some((part) => part.kind !== 'text')) return undefined
  return word.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
}

function redirectionOf(operator: string): Omit<Redirection, 'target'> | undefined {
  switch (operator) {
    case '>':
    case '1>':
      return { stream: 1, mode: 'write' }
    case '>>':
      return { stream: 1, mode: 'append' }
    case '2>':
      return { stream: 2, mode: 'write' }
    case '2>>':
      return { stream: 2, mode: 'append' }
    case '2>&1':
      return { stream: 2, mode: 'join' }
    case '>&2':
    case '1>&2':
      return { stream: 1, mode: 'join' }
    case '<':
      return { stream: 0, mode: 'read' }
    default:
      return undefined
  }
}

const OPERATOR = /^(?:2>&1|1>&2|>&2|2>>|2>|1>|>>|>|<|&&|\|\||\||&|;|\n)/
const NAME = /^[A-Za-z_][A-Za-z0-9_]*|^[0-9?$!#@*]/

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const space = /^(?:[ \t\r]+|\\\n)/.exec(rest)
    if (space !== null) {
      at += space[0].length
      continue
    }
    if (rest.startsWith('#')) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
      continue
    }
    const operator = OPERATOR.exec(rest)
    if (operator !== null) {
      tokens.push({ kind: 'operator', text: operator[0] === '\n' ? ';' : operator[0] })
      at += operator[0].length
      continue
    }
    const read = readWord(text, at)
    tokens.push({ kind: 'word', word: read.word })
    at = read.end
  }
  return tokens
}

function readWord(text: string, from: number): { word: Word; end: number } {
  const parts: Part[] = []
  let quoted = false
  let at = from
  let plainText = ''
  const flush = (): void => {
    if (plainText !== '') parts.push({ kind: 'text', text: plainText })
    plainText = ''
  }
  const substitute = (): void => {
    const found = readSubstitution(text, at)
    if (found === undefined) {
      plainText += '$'
      at++
      return
    }
    flush()
    parts.push(found.part)
    at = found.end
  }
  while (at < text.length) {
    const character = text[at] ?? ''
    if (/[\s|&;<>]/.test(character)) break
    if (character === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) throw new ShellSyntaxError('syntax error: unterminated quoted string')
      plainText += text.slice(at + 1, end)
      quoted = true
      at = end + 1
    } else if (character === '"') {
      quoted = true
      at++
      while (text[at] !== '"') {
        if (at >= text.length) throw new ShellSyntaxError('syntax error: unterminated quoted string')
        if (text[at] === '\\' && '"\\$`\n'.includes(text[at + 1] ?? '')) {
          plainText += text[at + 1]
          at += 2
        } else if (text[at] === '$') substitute()
        else plainText += text[at++]
      }
      at++
    } else if (character === '\\') {
      plainText += text[at + 1] ?? ''
      at += 2
    } else if (character === '$') substitute()
    else {
      plainText += character
      at++
    }
  }
  flush()
  return { word: { parts, quoted }, end: at }
}

function readSubstitution(text: string, at: number): { part: Part; end: number } | undefined {
  const next = text[at + 1]
  if (next === '(') {
    let depth = 0
    for (let end = at + 1; end < text.length; end++) {
      if (text[end] === '(') depth++
      else if (text[end] === ')' && --depth === 0) {
        return { part: { kind: 'command', script: text.slice(at + 2, end) }, end: end + 1 }
      }
    }
    throw new ShellSyntaxError('syntax error: unterminated command substitution')
  }
  if (next === '{') {
    const braced = /^\$\{([A-Za-z_][A-Za-z0-9_]*|[?$#@*0-9])(?::?-([^}]*))?\}/.exec(text.slice(at))
    if (braced === null) throw new ShellSyntaxError('syntax error: bad substitution')
    const [all, name = '', fallback] = braced
    return { part: { kind: 'variable', name, ...(fallback !== undefined && { fallback }) }, end: at + all.length }
  }
  const name = NAME.exec(text.slice(at + 1))?.[0]
  return name === undefined ? undefined : { part: { kind: 'variable', name }, end: at + 1 + name.length }
}
