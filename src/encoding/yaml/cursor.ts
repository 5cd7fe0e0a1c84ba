import { yamlSyntaxError } from '../errors.ts'
import { isBreak } from './characters.ts'
import type { InputProblem } from './input.ts'

/**
 * The text under the scanner. `text` ends in NUL characters, so that looking a few characters ahead is always safe; a NUL is the
 * end, because the input check lets no other NUL through.
 *
 * `problem` is a character that the input may not contain. go-yaml reads in blocks and reports it when the scanner asks for
 * the block it is in, before anything that the block itself would cause; so the text stops in front of that block, and running
 * into the end reports the problem.
 */
export class Cursor {
  readonly text: string
  readonly length: number
  readonly problem: InputProblem | undefined
  pos = 0
  line = 0
  /** Offset of the first character of the line; column = pos - lineStart. */
  lineStart = 0
  /** Current block indentation; -1 before the first block. */
  indent = -1
  flowLevel = 0
  simpleKeyAllowed = true
  /** Line on which the construct being scanned began; for errors. */
  contextLine = 0

  constructor(text: string, problem: InputProblem | undefined) {
    this.text = `${text}\0\0\0\0`
    this.length = text.length
    this.problem = problem
  }

  peek(ahead: number): number {
    return this.text.charCodeAt(this.pos + ahead)
  }

  column(): number {
    return this.pos - this.lineStart
  }

  /** Steps over one line break (CR LF is one). The caller has seen that there is one. */
  skipBreak(): void {
    this.pos += this.text.charCodeAt(this.pos) === 0x0d && this.text.charCodeAt(this.pos + 1) === 0x0a ? 2 : 1
    this.line++
    this.lineStart = this.pos
  }

  /** Steps over one line break and returns what it stands for in a scalar: a line feed, or the separator itself. */
  readBreak(): string {
    const c = this.text.charCodeAt(this.pos)
    if (!isBreak(c)) return ''
    this.skipBreak()
    return c === 0x2028 || c === 0x2029 ? String.fromCharCode(c) : '\n'
  }

  /** Whether `---` or `...` stands alone at the start of the line. */
  atDocumentIndicator(): boolean {
    if (this.pos !== this.lineStart) return false
    const c = this.text.charCodeAt(this.pos)
    if (c !== 0x2d && c !== 0x2e) return false
    if (this.text.charCodeAt(this.pos + 1) !== c || this.text.charCodeAt(this.pos + 2) !== c) return false
    const next = this.text.charCodeAt(this.pos + 3)
    return next === 0 || next === 0x20 || next === 0x09 || isBreak(next)
  }

  /** Reports what the input may not contain, once the scanner has come to it. */
  checkInput(): void {
    if (this.problem !== undefined && this.pos + 4 > this.length) {
      throw yamlSyntaxError(this.problem.message, { line: this.problem.line, column: this.problem.column })
    }
  }

  /**
   * Stops with a scanner error at the current place. go-yaml counts the line from 1 here, but leaves it out on the first line,
   * where it falls back to the line of the construct's start (`contextLine`), counted from 0.
   */
  fail(problem: string): never {
    this.checkInput()
    const position = { line: this.line + 1, column: this.column() + 1 }
    const line = this.line !== 0 ? this.line + 1 : this.contextLine
    throw yamlSyntaxError(line === 0 ? problem : `line ${line}: ${problem}`, position)
  }
}
