/** A prefix code: for each symbol its code (bits reversed, as deflate sends them) and its length, 0 when unused. */
export interface HuffmanCode {
  readonly codes: Uint16Array
  readonly lengths: Uint8Array
}

interface Leaf {
  readonly symbol: number
  readonly frequency: number
}

/**
 * The shortest code for the frequencies with at most `maxBits` bits a symbol. Ties are broken as Go's compress/flate breaks
 * them (by symbol), so that archives come out byte for byte as Helm's.
 */
export function buildCode(frequencies: ArrayLike<number>, maxBits: number): HuffmanCode {
  const size = frequencies.length
  const code: HuffmanCode = { codes: new Uint16Array(size), lengths: new Uint8Array(size) }
  const leaves: Leaf[] = []
  for (let symbol = 0; symbol < size; symbol++) {
    const frequency = frequencies[symbol] ?? 0
    if (frequency > 0) leaves.push({ symbol, frequency })
  }
  if (leaves.length <= 2) {
    for (const [index, { symbol }] of leaves.entries()) {
      code.codes[symbol] = index
      code.lengths[symbol] = 1
    }
    return code
  }
  leaves.sort((a, b) => a.frequency - b.frequency || a.symbol - b.symbol)
  assign(code, leaves, countLengths(leaves, maxBits))
  return code
}

/** Sum of the lengths of all symbols. */
export function codedBits(code: HuffmanCode, frequencies: ArrayLike<number>): number {
  let bits = 0
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    bits += (frequencies[symbol] ?? 0) * (code.lengths[symbol] ?? 0)
  }
  return bits
}

interface Level {
  lastFrequency: number
  nextLeaf: number
  nextPair: number
  needed: number
}

/**
 * How many symbols get each length, by the boundary package-merge method: every level holds leaves and pairs of the level
 * below in order of frequency, of which the top level takes the 2n-2 smallest. Leaves are in order of frequency.
 */
function countLengths(leaves: readonly Leaf[], limit: number): number[] {
  const n = leaves.length
  const top = Math.min(limit, n - 1)
  const frequency = (index: number): number => leaves[index]?.frequency ?? Number.POSITIVE_INFINITY
  const levels: Level[] = []
  // counts[level][j]: leaves to the left of the ancestor at level j of the newest node of this level.
  const counts: number[][] = []
  for (let level = 0; level <= top + 1; level++) {
    levels.push({
      lastFrequency: frequency(1),
      nextLeaf: frequency(2),
      nextPair: level === 1 ? Number.POSITIVE_INFINITY : frequency(0) + frequency(1),
      needed: 0,
    })
    counts.push(new Array<number>(top + 2).fill(0))
    const row = counts[level]
    if (row && level >= 1) row[level] = 2
  }
  levelAt(levels, top).needed = 2 * n - 4
  let level = top
  for (;;) {
    const current = levelAt(levels, level)
    if (current.nextPair === Number.POSITIVE_INFINITY && current.nextLeaf === Number.POSITIVE_INFINITY) {
      current.needed = 0
      levelAt(levels, level + 1).nextPair = Number.POSITIVE_INFINITY
      level++
      continue
    }
    const previous = current.lastFrequency
    const row = counts[level] ?? []
    if (current.nextLeaf < current.nextPair) {
      const taken = (row[level] ?? 0) + 1
      current.lastFrequency = current.nextLeaf
      row[level] = taken
      current.nextLeaf = frequency(taken)
    } else {
      current.lastFrequency = current.nextPair
      const below = counts[level - 1] ?? []
      for (let j = 0; j < level; j++) row[j] = below[j] ?? 0
      levelAt(levels, level - 1).needed = 2
    }
    current.needed--
    if (current.needed > 0) {
      while (levelAt(levels, level - 1).needed > 0) level--
      continue
    }
    if (level === top) break
    levelAt(levels, level + 1).nextPair = previous + current.lastFrequency
    level++
  }
  const lengths = new Array<number>(top + 1).fill(0)
  const row = counts[top] ?? []
  for (let depth = top, bits = 1; depth > 0; depth--, bits++) lengths[bits] = (row[depth] ?? 0) - (row[depth - 1] ?? 0)
  return lengths
}

function levelAt(levels: readonly Level[], index: number): Level {
  return levels[index] as Level
}

/** The most frequent symbols get the shortest codes; among equal lengths codes rise with the symbol. */
function assign(code: HuffmanCode, leaves: readonly Leaf[], counts: readonly number[]): void {
  let next = 0
  let end = leaves.length
  for (const [bits, count] of counts.entries()) {
    next <<= 1
    if (bits === 0 || count === 0) continue
    const chunk = leaves.slice(end - count, end).sort((a, b) => a.symbol - b.symbol)
    end -= count
    for (const { symbol } of chunk) {
      code.codes[symbol] = reverseBits(next, bits)
      code.lengths[symbol] = bits
      next++
    }
  }
}

/** The lowest `length` bits in reverse order. */
export function reverseBits(value: number, length: number): number {
  let result = 0
  for (let bit = 0; bit < length; bit++) if (value & (1 << bit)) result |= 1 << (length - 1 - bit)
  return result
}
