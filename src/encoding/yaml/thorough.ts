import { type DecodeOptions, decodeNode } from './decode.ts'
import { decodeDirectly, NEEDS_NODES } from './direct.ts'
import { findInputProblem } from './input.ts'
import { composeDocument } from './node.ts'
import { Parser } from './parser.ts'
import { decodeUtf16 } from './utf16.ts'

/** Reads the first document of any text with the parser; errors are go-yaml's, without a prefix. Null without a document. */
export function decodeThoroughly(text: string, options: DecodeOptions): unknown {
  if (options.positions === undefined) {
    const value = decodeDirectly(openParser(text), options)
    if (value !== NEEDS_NODES) return value ?? null
  }
  const root = composeDocument(openParser(text))
  return root === undefined ? null : decodeNode(root, options)
}

/** A parser over `text`; a byte order mark at its start is dropped, and tells UTF-16. */
function openParser(text: string): Parser {
  const first = text.charCodeAt(0)
  const body = first === 0xfeff ? text.slice(1) : first >= 0xdc80 ? decodeUtf16(text) : text
  const problem = findInputProblem(body)
  return new Parser(problem === undefined ? body : body.slice(0, problem.cut), problem)
}
