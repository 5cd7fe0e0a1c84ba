/** Chunks that one side pushes and another reads, in order; ends when told to. */
export class ByteQueue implements AsyncIterable<Buffer> {
  private readonly waiting: Buffer[] = []
  private ended = false
  private wake: (() => void) | undefined

  push(bytes: Buffer): void {
    if (this.ended) return
    this.waiting.push(bytes)
    this.wake?.()
  }

  end(): void {
    this.ended = true
    this.wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const next = this.waiting.shift()
      if (next !== undefined) yield next
      else if (this.ended) return
      else {
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
        this.wake = undefined
      }
    }
  }
}
