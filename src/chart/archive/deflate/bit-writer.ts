/** Collects bits, lowest first, into bytes. */
export class BitWriter {
  #bytes = Buffer.alloc(1 << 16)
  #length = 0
  #bits = 0
  #count = 0

  /** Adds the lowest `count` bits of `value`; at most 16 at a time. */
  write(value: number, count: number): void {
    this.#bits |= value << this.#count
    this.#count += count
    while (this.#count >= 8) {
      this.#byte(this.#bits & 0xff)
      this.#bits >>>= 8
      this.#count -= 8
    }
  }

  /** Fills up the last byte with zeros. */
  align(): void {
    if (this.#count > 0) this.#byte(this.#bits & 0xff)
    this.#bits = 0
    this.#count = 0
  }

  /** Adds whole bytes; the writer must be aligned. */
  bytes(data: Uint8Array): void {
    for (const byte of data) this.#byte(byte)
  }

  /** All bytes so far. */
  result(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#length)])
    this.#bytes[this.#length++] = value
  }
}
