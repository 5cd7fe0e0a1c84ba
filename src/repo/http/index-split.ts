/** Where the parts of an index lie in its text. */
export interface IndexParts {
  /** What stands before and after the charts. */
  readonly head: string
  /** Start and end of each chart's key with its versions. */
  readonly charts: readonly (readonly [start: number, end: number])[]
}

const blank = 0x20
const dash = 0x2d
const hash = 0x23
const lineEnd = 0x0a

/** Smaller indexes are read at once. */
const minLength = 256 * 1024

/** Finds the charts of a large index that is laid out as `repo index` writes it: block style, two blanks before a chart's name. */
export function splitIndex(text: string): IndexParts | undefined {
  if (text.length < minLength) return undefined
  const marker = text.startsWith('entries:\n') ? 0 : text.indexOf('\nentries:\n') + 1
  if (marker === 0 && !text.startsWith('entries:\n')) return undefined
  const first = marker + 'entries:\n'.length
  const starts: number[] = []
  let end = text.length
  for (let at = first; at < text.length; at = nextLine(text, at)) {
    const code = text.charCodeAt(at)
    if (code === lineEnd) continue
    if (code !== blank) {
      end = at
      break
    }
    if (text.charCodeAt(at + 1) !== blank) return undefined
    const third = text.charCodeAt(at + 2)
    if (third !== blank && third !== dash && third !== hash && third !== lineEnd) starts.push(at)
  }
  const head = text.slice(0, marker) + text.slice(end)
  if (starts[0] !== first || /^(---|\.\.\.|%|entries:)/m.test(head)) return undefined
  return { head, charts: starts.map((start, index) => [start, starts[index + 1] ?? end]) }
}

function nextLine(text: string, at: number): number {
  const found = text.indexOf('\n', at)
  return found < 0 ? text.length : found + 1
}
