import { BlockWriter, lengthShift, matchFlag } from './block-writer.ts'

const windowSize = 1 << 15
const windowMask = windowSize - 1
const hashBits = 17
const minMatch = 4
const maxMatch = 258
const blockTokens = 1 << 14
/** Level 6 of Go's compress/flate: lazy matching below 16, at most 128 tries, done with a match of 128. */
const lazyMatch = 16
const niceMatch = 128
const maxTries = 128

/**
 * Compresses as Go's compress/flate at its default level does, byte for byte, so that archives have the digests that Helm's
 * have. `chunks` are the writes in Go: where they end has an influence on what the window still holds.
 */
export function deflateLikeGo(chunks: Iterable<Uint8Array>): Buffer {
  const compressor = new Compressor()
  for (const chunk of chunks) compressor.write(chunk)
  return compressor.finish()
}

class Compressor {
  readonly #window = new Uint8Array(2 * windowSize)
  readonly #head = new Int32Array(1 << hashBits)
  readonly #previous = new Int32Array(windowSize)
  readonly #out = new BlockWriter()
  #tokens: number[] = []
  #index = 0
  #end = 0
  /** Where the tokens of the current block start; beyond everything when that has left the window. */
  #blockStart = 0
  #pending = false
  #length = minMatch - 1
  #offset = 0
  #chainHead = -1
  /** Positions in the hash tables are window positions plus this, so that shifting the window leaves them valid. */
  #base = 1

  write(chunk: Uint8Array): void {
    let rest = chunk
    while (rest.length > 0) {
      this.#process(false)
      rest = rest.subarray(this.#fill(rest))
    }
  }

  finish(): Buffer {
    this.#process(true)
    return this.#out.finish()
  }

  #fill(data: Uint8Array): number {
    if (this.#index >= 2 * windowSize - (minMatch + maxMatch)) {
      this.#window.copyWithin(0, windowSize, 2 * windowSize)
      this.#index -= windowSize
      this.#end -= windowSize
      this.#blockStart = this.#blockStart >= windowSize ? this.#blockStart - windowSize : Number.MAX_SAFE_INTEGER
      this.#base += windowSize
    }
    const size = Math.min(data.length, this.#window.length - this.#end)
    this.#window.set(data.subarray(0, size), this.#end)
    this.#end += size
    return size
  }

  #process(last: boolean): void {
    if (this.#end - this.#index < minMatch + maxMatch && !last) return
    const insertEnd = this.#end - (minMatch - 1)
    for (;;) {
      const lookahead = this.#end - this.#index
      if (lookahead < minMatch + maxMatch) {
        if (!last) return
        if (lookahead === 0) {
          this.#flush()
          return
        }
      }
      if (this.#index < insertEnd) this.#chainHead = this.#insert(this.#index)
      const previousLength = this.#length
      const previousOffset = this.#offset
      this.#length = minMatch - 1
      this.#offset = 0
      const isReachable = this.#chainHead - this.#base >= Math.max(0, this.#index - windowSize)
      if (isReachable && lookahead > previousLength && previousLength < lazyMatch) this.#findMatch(lookahead)
      if (previousLength >= minMatch && this.#length <= previousLength) {
        this.#takeMatch(previousLength, previousOffset, insertEnd)
      } else this.#takeLiteral()
    }
  }

  #flush(): void {
    if (this.#pending) {
      this.#tokens.push(this.#window[this.#index - 1] ?? 0)
      this.#pending = false
    }
    if (this.#tokens.length > 0) this.#writeBlock(this.#index)
  }

  /** The match of the step before stands: the present one is not better. */
  #takeMatch(length: number, offset: number, insertEnd: number): void {
    this.#tokens.push(matchFlag + ((length - 3) << lengthShift) + (offset - 1))
    const end = this.#index + length - 1
    for (this.#index++; this.#index < end; this.#index++) if (this.#index < insertEnd) this.#insert(this.#index)
    this.#pending = false
    this.#length = minMatch - 1
    if (this.#tokens.length === blockTokens) this.#writeBlock(this.#index)
  }

  #takeLiteral(): void {
    if (this.#pending) {
      this.#tokens.push(this.#window[this.#index - 1] ?? 0)
      if (this.#tokens.length === blockTokens) this.#writeBlock(this.#index)
    }
    this.#index++
    this.#pending = true
  }

  /** Puts the four bytes at a position into the hash chain and gives the chain's head before. */
  #insert(position: number): number {
    const window = this.#window
    const word =
      ((window[position] ?? 0) << 24) |
      ((window[position + 1] ?? 0) << 16) |
      ((window[position + 2] ?? 0) << 8) |
      (window[position + 3] ?? 0)
    const hash = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits)
    const head = this.#head[hash] ?? 0
    this.#previous[position & windowMask] = head
    this.#head[hash] = position + this.#base
    return head
  }

  #findMatch(lookahead: number): void {
    const window = this.#window
    const position = this.#index
    const longest = Math.min(maxMatch, lookahead)
    const nice = Math.min(niceMatch, longest)
    const minIndex = position - windowSize
    let length = minMatch - 1
    let tries = maxTries
    let candidate = this.#chainHead - this.#base
    for (; tries > 0; tries--) {
      if (window[position + length] === window[candidate + length]) {
        let equal = 0
        while (equal < longest && window[candidate + equal] === window[position + equal]) equal++
        if (equal > length && (equal > minMatch || position - candidate <= 4096)) {
          length = equal
          this.#length = equal
          this.#offset = position - candidate
          if (equal >= nice) return
        }
      }
      if (candidate === minIndex) return
      candidate = (this.#previous[candidate & windowMask] ?? 0) - this.#base
      if (candidate < minIndex || candidate < 0) return
    }
  }

  #writeBlock(index: number): void {
    if (index > 0) {
      const input = this.#blockStart <= index ? this.#window.subarray(this.#blockStart, index) : undefined
      this.#blockStart = index
      this.#out.block(this.#tokens, input)
    }
    this.#tokens = []
  }
}
