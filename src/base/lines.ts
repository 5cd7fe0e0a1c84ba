/** Splits a byte stream into its lines; empty ones are dropped, and so is a last one without an end: a cut watch event is worthless. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  // Parts of a long line are joined once, when it ends.
  let parts: string[] = []
  for await (const chunk of chunks) {
    const piece = decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      parts.push(piece.slice(start, end))
      const line = parts.length === 1 ? (parts[0] ?? '') : parts.join('')
      parts = []
      start = end + 1
      if (line.trim() !== '') yield line
    }
    if (start < piece.length) parts.push(piece.slice(start))
  }
}
