/** Reads the text of a `--set` argument rune by rune. */
export class SetScanner {
  readonly #runes: string[]
  #at = 0

  constructor(text: string) {
    this.#runes = Array.from(text)
  }

  /** The next rune, or undefined at the end. */
  next(): string | undefined {
    return this.#runes[this.#at++]
  }

  /** Takes back the rune read last. */
  back(): void {
    this.#at--
  }

  /** All that is left, without consuming it. */
  get rest(): string {
    return this.#runes.slice(this.#at).join('')
  }

  /** Skips what `text` covers. */
  skip(text: string): void {
    this.#at += Array.from(text).length
  }

  /**
   * Text up to one of the `stop` runes, which is consumed. With `escapes` a backslash takes the next rune as it is.
   * `stop` is undefined in the answer when the end came first.
   */
  until(stop: string, escapes: boolean): { readonly text: string; readonly stop: string | undefined } {
    let text = ''
    for (;;) {
      const rune = this.next()
      if (rune === undefined || stop.includes(rune)) return { text, stop: rune }
      if (escapes && rune === '\\') {
        const escaped = this.next()
        if (escaped === undefined) return { text, stop: undefined }
        text += escaped
      } else text += rune
    }
  }
}
