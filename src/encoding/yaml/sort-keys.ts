const ASCII = /^[\0-\x7f]*$/
const LETTER = /\p{L}/u
const DIGIT = /\p{Nd}/u

function isLetter(c: number): boolean {
  if (c < 0x80) return (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a)
  return LETTER.test(String.fromCodePoint(c))
}

function isDigit(c: number): boolean {
  if (c < 0x80) return c >= 0x30 && c <= 0x39
  return DIGIT.test(String.fromCodePoint(c))
}

const codes = (text: string): ArrayLike<number> =>
  ASCII.test(text) ? Buffer.from(text, 'latin1') : Array.from(text, (char) => char.codePointAt(0) as number)

/**
 * Sorts keys as go-yaml writes them: numbers inside texts by value, letters after other characters. `digitsFirst` is v3's
 * rule that after a common digit letters come before other characters.
 */
export function sortYamlKeys(keys: string[], digitsFirst: boolean): string[] {
  if (keys.length < 2) return keys
  const entries = keys.map((key) => ({ key, runes: codes(key) }))
  entries.sort((a, b) => compareKeys(a.runes, b.runes, digitsFirst))
  return entries.map((entry) => entry.key)
}

function compareKeys(a: ArrayLike<number>, b: ArrayLike<number>, digitsFirst: boolean): number {
  const length = Math.min(a.length, b.length)
  let afterDigit = false
  for (let i = 0; i < length; i++) {
    const x = a[i] as number
    const y = b[i] as number
    if (x === y) {
      afterDigit = digitsFirst && isDigit(x)
      continue
    }
    const xLetter = isLetter(x)
    const yLetter = isLetter(y)
    if (xLetter && yLetter) return x - y
    if (xLetter || yLetter) return (afterDigit ? xLetter : yLetter) ? -1 : 1
    return compareNumbers(a, b, i)
  }
  return a.length - b.length
}

/** Compares the digit runs that begin at `at`. A zero there continues a number whose digits so far are the same. */
function compareNumbers(a: ArrayLike<number>, b: ArrayLike<number>, at: number): number {
  let x = 0n
  let y = 0n
  if (a[at] === 0x30 || b[at] === 0x30) {
    for (let j = at - 1; j >= 0 && isDigit(a[j] as number); j--) {
      if (a[j] !== 0x30) {
        x = 1n
        y = 1n
        break
      }
    }
  }
  const left = readDigits(a, at, x)
  const right = readDigits(b, at, y)
  if (left.value !== right.value) return left.value < right.value ? -1 : 1
  if (left.end !== right.end) return left.end - right.end
  return (a[at] as number) - (b[at] as number)
}

function readDigits(runes: ArrayLike<number>, at: number, start: bigint): { value: bigint; end: number } {
  let value = start
  let end = at
  while (end < runes.length && isDigit(runes[end] as number)) {
    value = BigInt.asIntN(64, value * 10n + BigInt((runes[end] as number) - 0x30))
    end++
  }
  return { value, end }
}
