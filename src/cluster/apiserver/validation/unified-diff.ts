/** A stretch of lines and what became of it. */
interface Stretch {
  readonly equal: boolean
  readonly fromStart: number
  readonly fromEnd: number
  readonly toStart: number
  readonly toEnd: number
}

const CONTEXT = 3
/** From this many lines on, lines that occur often do not anchor a match. */
const POPULARITY_LIMIT = 200

/**
 * The hunks of a unified diff with three lines of context, without file names. Lines are matched by longest blocks
 * (Ratcliff and Obershelp), as Python's difflib and its ports do, because where a hunk begins depends on that.
 */
export function unifiedDiff(before: string, after: string): string {
  const from = before.split('\n')
  const to = after.split('\n')
  const out: string[] = []
  for (const group of groups(stretches(from, to))) {
    const first = group[0]
    const last = group[group.length - 1]
    if (!first || !last) continue
    out.push(`@@ -${range(first.fromStart, last.fromEnd)} +${range(first.toStart, last.toEnd)} @@`)
    for (const { equal, fromStart, fromEnd, toStart, toEnd } of group) {
      if (equal) for (const line of from.slice(fromStart, fromEnd)) out.push(` ${line}`)
      else {
        for (const line of from.slice(fromStart, fromEnd)) out.push(`-${line}`)
        for (const line of to.slice(toStart, toEnd)) out.push(`+${line}`)
      }
    }
  }
  return out.length > 0 ? `${out.join('\n')}\n` : ''
}

function range(start: number, end: number): string {
  const length = end - start
  if (length === 1) return String(start + 1)
  return `${length === 0 ? start : start + 1},${length}`
}

type Block = readonly [from: number, to: number, size: number]

function stretches(from: readonly string[], to: readonly string[]): Stretch[] {
  const places = anchors(to)
  const blocks: Block[] = []
  const search = (fromStart: number, fromEnd: number, toStart: number, toEnd: number): void => {
    const [i, j, size] = longestBlock({ from, to, places }, [fromStart, fromEnd, toStart, toEnd])
    if (size === 0) return
    if (fromStart < i && toStart < j) search(fromStart, i, toStart, j)
    blocks.push([i, j, size])
    if (i + size < fromEnd && j + size < toEnd) search(i + size, fromEnd, j + size, toEnd)
  }
  search(0, from.length, 0, to.length)
  const out: Stretch[] = []
  let i = 0
  let j = 0
  for (const [a, b, size] of [...joinBlocks(blocks), [from.length, to.length, 0] as const]) {
    if (i < a || j < b) out.push({ equal: false, fromStart: i, fromEnd: a, toStart: j, toEnd: b })
    if (size > 0) out.push({ equal: true, fromStart: a, fromEnd: a + size, toStart: b, toEnd: b + size })
    i = a + size
    j = b + size
  }
  return out
}

function anchors(lines: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>()
  lines.forEach((line, at) => {
    const found = places.get(line)
    if (found) found.push(at)
    else places.set(line, [at])
  })
  if (lines.length < POPULARITY_LIMIT) return places
  const most = Math.floor(lines.length / 100) + 1
  for (const [line, found] of places) if (found.length > most) places.delete(line)
  return places
}

function longestBlock(
  text: {
    readonly from: readonly string[]
    readonly to: readonly string[]
    readonly places: ReadonlyMap<string, number[]>
  },
  [fromStart, fromEnd, toStart, toEnd]: readonly [number, number, number, number],
): Block {
  let best: [number, number, number] = [fromStart, toStart, 0]
  let lengths = new Map<number, number>()
  for (let i = fromStart; i < fromEnd; i++) {
    const next = new Map<number, number>()
    for (const j of text.places.get(text.from[i] ?? '') ?? []) {
      if (j < toStart) continue
      if (j >= toEnd) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best[2]) best = [i - size + 1, j - size + 1, size]
    }
    lengths = next
  }
  let [i, j, size] = best
  while (i > fromStart && j > toStart && text.from[i - 1] === text.to[j - 1]) {
    i--
    j--
    size++
  }
  while (i + size < fromEnd && j + size < toEnd && text.from[i + size] === text.to[j + size]) size++
  return [i, j, size]
}

function joinBlocks(blocks: readonly Block[]): Block[] {
  const out: Block[] = []
  for (const [i, j, size] of blocks) {
    const last = out[out.length - 1]
    if (last && last[0] + last[2] === i && last[1] + last[2] === j)
      out[out.length - 1] = [last[0], last[1], last[2] + size]
    else out.push([i, j, size])
  }
  return out
}

function groups(all: readonly Stretch[]): Stretch[][] {
  const trimmed = all.map((stretch, at) => {
    if (!stretch.equal) return stretch
    let next = stretch
    if (at === 0) next = skipFront(next)
    return at === all.length - 1 ? keepFront(next) : next
  })
  const out: Stretch[][] = []
  let group: Stretch[] = []
  for (const stretch of trimmed) {
    let rest = stretch
    if (stretch.equal && stretch.fromEnd - stretch.fromStart > 2 * CONTEXT) {
      out.push([...group, keepFront(stretch)])
      group = []
      rest = skipFront(stretch)
    }
    group.push(rest)
  }
  if (group.length > 0) out.push(group)
  return out.filter((each) => each.some((stretch) => !stretch.equal))
}

function skipFront(stretch: Stretch): Stretch {
  const cut = Math.max(0, stretch.fromEnd - stretch.fromStart - CONTEXT)
  return { ...stretch, fromStart: stretch.fromStart + cut, toStart: stretch.toStart + cut }
}

function keepFront(stretch: Stretch): Stretch {
  const size = Math.min(CONTEXT, stretch.fromEnd - stretch.fromStart)
  return { ...stretch, fromEnd: stretch.fromStart + size, toEnd: stretch.toStart + size }
}
