/** What the comment above a key of values.yaml says. */
export interface ValueComment {
  readonly description: string
  /** A type given as `# -- (type) …`; empty when absent. */
  readonly type: string
  /** The default to show instead of the value (`# @default -- …`). */
  readonly shownDefault: string | undefined
  /** `# @section -- …`; empty when absent. */
  readonly section: string
  /** `# @ignored`: neither the key nor what is below it is listed. */
  readonly ignored: boolean
  /** The comment has the `# --` mark, so that it also counts for a map that has members. */
  readonly marked: boolean
}

/** Comments of a values.yaml: those above a line, and those that name their key themselves (`# some.key -- …`). */
export interface ValueComments {
  /** For the key on a line (counted from 1). */
  at(line: number): ValueComment | undefined
  /** For a key that a comment names. */
  named(path: string): ValueComment | undefined
}

/** Reads the comments of a values.yaml. A comment belongs to the key right below it; an empty line parts them. As helm-docs. */
export function readValueComments(source: string): ValueComments {
  const lines = source.split(/\r?\n/)
  const named = new Map<string, ValueComment>()
  const above = new Map<number, ValueComment>()
  let block: string[] = []
  for (const [index, line] of lines.entries()) {
    const comment = /^\s*#(.*)$/.exec(line)?.[1]
    if (comment !== undefined) {
      block.push(comment)
      continue
    }
    const read = block.length > 0 ? readBlock(block) : undefined
    block = []
    if (read?.path !== undefined) named.set(read.path, read.comment)
    else if (line.trim() !== '' && read !== undefined) above.set(index + 1, read.comment)
    else if (line.trim() !== '') {
      const trailing = /^\s*[^#'"]*?:\s+(?:[^#'"]*|"[^"]*"|'[^']*')\s+#\s*(?:--\s*)?(.+)$/.exec(line)?.[1]
      if (trailing !== undefined) above.set(index + 1, { ...plainComment, description: trailing.trim() })
    }
  }
  return { at: (line) => above.get(line), named: (path) => named.get(path) }
}

const plainComment: ValueComment = {
  description: '',
  type: '',
  shownDefault: undefined,
  section: '',
  ignored: false,
  marked: false,
}

/** A block of comment lines without their `#`. */
function readBlock(block: readonly string[]): { readonly path?: string; readonly comment: ValueComment } {
  const start = block.findLastIndex((line) => marked.test(line))
  const comment: { -readonly [K in keyof ValueComment]: ValueComment[K] } = { ...plainComment, marked: start >= 0 }
  const text: string[] = []
  let path = ''
  for (const line of start < 0 ? block : block.slice(start)) {
    const annotation = /^\s*@(default|section|ignored?|raw|notationType)\b(?:\s*--\s*(.*))?/.exec(line)
    const head = text.length === 0 && start >= 0 ? marked.exec(line) : null
    if (annotation !== null) {
      const [, word = '', rest = ''] = annotation
      if (word === 'default') comment.shownDefault = rest.trim()
      else if (word === 'section') comment.section = rest.trim()
      else if (word.startsWith('ignore')) comment.ignored = true
    } else if (head !== null) {
      const typed = /^\(([^)]+)\)\s*(.*)$/.exec(head[2] ?? '')
      path = head[1] ?? ''
      comment.type = typed?.[1] ?? ''
      text.push(typed?.[2] ?? head[2] ?? '')
    } else text.push(line.trim())
  }
  comment.description = text.filter((line) => line !== '').join(' ')
  return path === '' ? { comment } : { path, comment }
}

/** `-- text`, or `some.key -- text`. */
const marked = /^\s*(?:([\w."'[\]/-]+)\s+)?--(?:\s+(.*)|$)/
