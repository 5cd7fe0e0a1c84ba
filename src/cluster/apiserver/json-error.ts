/** What Go's encoding/json says about a text that is not JSON. */
export function jsonErrorText(text: string | Uint8Array): string {
  // Go looks at bytes: one character here is one byte.
  const bytes = Buffer.from(text as string).toString('latin1')
  const scanner = new Scanner(bytes)
  try {
    scanner.value()
    scanner.space()
    if (scanner.position < bytes.length) scanner.fail('after top-level value')
    return 'unexpected end of JSON input'
  } catch (error) {
    if (error instanceof ScanError) return error.text
    throw error
  }
}

class ScanError extends Error {
  readonly text: string
  constructor(text: string) {
    super(text)
    this.text = text
  }
}

/** A recursive descent over JSON that knows, at each place, how Go names it. */
class Scanner {
  readonly #text: string
  position = 0
  constructor(text: string) {
    this.#text = text
  }

  fail(where: string): never {
    const char = this.#text[this.position]
    if (char === undefined) throw new ScanError('unexpected end of JSON input')
    throw new ScanError(`invalid character ${quoteRune(char)} ${where}`)
  }

  space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.position] ?? '')) this.position++
  }

  value(): void {
    this.space()
    const char = this.#text[this.position]
    if (char === '{') this.#object()
    else if (char === '[') this.#array()
    else if (char === '"') this.#string()
    else if (char === 't') this.#literal('true')
    else if (char === 'f') this.#literal('false')
    else if (char === 'n') this.#literal('null')
    else if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) this.#number()
    else this.fail('looking for beginning of value')
  }

  #object(): void {
    this.position++
    this.space()
    if (this.#text[this.position] === '}') {
      this.position++
      return
    }
    for (;;) {
      this.space()
      if (this.#text[this.position] !== '"') this.fail('looking for beginning of object key string')
      this.#string()
      this.space()
      if (this.#text[this.position] !== ':') this.fail('after object key')
      this.position++
      this.value()
      this.space()
      const char = this.#text[this.position]
      if (char !== ',' && char !== '}') this.fail('after object key:value pair')
      this.position++
      if (char === '}') return
    }
  }

  #array(): void {
    this.position++
    this.space()
    if (this.#text[this.position] === ']') {
      this.position++
      return
    }
    for (;;) {
      this.value()
      this.space()
      const char = this.#text[this.position]
      if (char !== ',' && char !== ']') this.fail('after array element')
      this.position++
      if (char === ']') return
    }
  }

  #string(): void {
    this.position++
    for (;;) {
      const char = this.#text[this.position]
      if (char === undefined || char < ' ') this.fail('in string literal')
      this.position++
      if (char === '"') return
      if (char !== '\\') continue
      const escaped = this.#text[this.position] ?? ''
      if (escaped === 'u') {
        this.position++
        for (let i = 0; i < 4; i++) {
          if (!/[0-9a-fA-F]/.test(this.#text[this.position] ?? '')) this.fail('in \\u hexadecimal character escape')
          this.position++
        }
      } else if ('bfnrt\\/"'.includes(escaped) && escaped !== '') this.position++
      else this.fail('in string escape code')
    }
  }

  #literal(word: string): void {
    for (let i = 1; i < word.length; i++) {
      this.position++
      if (this.#text[this.position] !== word[i]) this.fail(`in literal ${word} (expecting ${quoteRune(word[i] ?? '')})`)
    }
    this.position++
  }

  #number(): void {
    if (this.#text[this.position] === '-') {
      this.position++
      if (!this.#digit()) this.fail('in numeric literal')
    }
    if (this.#text[this.position] === '0') this.position++
    else while (this.#digit()) this.position++
    if (this.#text[this.position] === '.') {
      this.position++
      if (!this.#digit()) this.fail('after decimal point in numeric literal')
      while (this.#digit()) this.position++
    }
    if (/[eE]/.test(this.#text[this.position] ?? '')) {
      this.position++
      if (/[+-]/.test(this.#text[this.position] ?? '')) this.position++
      if (!this.#digit()) this.fail('in exponent of numeric literal')
      while (this.#digit()) this.position++
    }
  }

  #digit(): boolean {
    const char = this.#text[this.position]
    return char !== undefined && char >= '0' && char <= '9'
  }
}

function quoteRune(char: string): string {
  if (char === "'") return `'\\''`
  if (char === '"') return `'"'`
  const code = char.charCodeAt(0)
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa1) || code === 0xad
  if (isControl && !'\b\f\n\r\t'.includes(char)) {
    return code < 0x80 ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'\\u${code.toString(16).padStart(4, '0')}'`
  }
  return `'${JSON.stringify(char).slice(1, -1)}'`
}
