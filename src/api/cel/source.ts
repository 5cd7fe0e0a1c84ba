/** A finding of the parser or the checker, at an offset of the source in UTF-16 units. */
export interface CelIssue {
  readonly at: number
  readonly message: string
}

/** Expressions longer than this are quoted no more. */
const SNIPPET_LIMIT = 16_384

/** Findings as cel-go prints them: sorted by place, each with its line and a mark below it. */
export function printIssues(source: string, issues: readonly CelIssue[]): string {
  if (source === '') return issues.map(({ message }) => `ERROR: <input>:1:0: ${message}`).join('\n')
  const lines = source.split('\n')
  const places = issues.map((issue) => ({ issue, ...placeOf(source, issue.at) }))
  places.sort((a, b) => a.line - b.line || a.column - b.column)
  const texts = places.map(({ issue, line, column }) => {
    const head = `ERROR: <input>:${line}:${column + 1}: ${issue.message}`
    const snippet = (lines[line - 1] ?? '').replaceAll('\t', ' ')
    if ([...snippet].length > SNIPPET_LIMIT) return head
    return `${head}\n | ${snippet}\n | ${markUnder(snippet, column)}`
  })
  return texts.join('\n')
}

/** Line from 1 and column from 0, in code points. */
function placeOf(source: string, at: number): { line: number; column: number } {
  const before = source.slice(0, at)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: [...before.slice(start)].length }
}

/** Dots up to the mark; wide ones under characters of several bytes. */
function markUnder(snippet: string, column: number): string {
  const points = [...snippet]
  const isWide = (point: string | undefined): boolean => (point ?? '').length > 0 && (point?.codePointAt(0) ?? 0) > 127
  const dots = points.slice(0, column).map((point) => (isWide(point) ? '．' : '.'))
  return dots.join('') + (isWide(points[column]) ? '＾' : '^')
}
