import { labelValueProblems, qualifiedNameProblems } from '../../api/index.ts'
import { badRequest } from './errors.ts'

/** Says whether a set of labels is selected. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

type Token = 'identifier' | 'end' | 'error' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin'

interface Item {
  readonly token: Token
  readonly text: string
}

const SPECIAL = '=!(),><'
const SYMBOLS: ReadonlySet<string> = new Set(['(', ')', ',', '!', '=', '==', '!=', '>', '<'])
const OPERATORS: ReadonlySet<Token> = new Set<Token>(['in', 'notin', '=', '==', '!=', '>', '<'])

/** Parses the text of a label selector. Throws 400 with apimachinery's texts. */
export function parseLabelSelector(text: string): LabelTest {
  const tests = new Parser(scan(text)).parse()
  return (labels) => tests.every((test) => test(labels))
}

function scan(text: string): Item[] {
  const items: Item[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at] ?? ''
    if (/[ \t\r\n]/.test(char)) {
      at++
      continue
    }
    const item = SPECIAL.includes(char) ? symbolAt(text, at) : wordAt(text, at)
    items.push(item)
    at += Math.max(1, item.token === 'error' ? text.length : item.text.length)
  }
  items.push({ token: 'end', text: '' })
  return items
}

/** The longest run of special characters that is a symbol. */
function symbolAt(text: string, start: number): Item {
  let found: string | undefined
  let run = ''
  for (let at = start; at < text.length && SPECIAL.includes(text[at] ?? ''); at++) {
    run += text[at]
    if (SYMBOLS.has(run)) found = run
    else if (found !== undefined) break
  }
  if (found === undefined) return { token: 'error', text: `error expected: keyword found '${run}'` }
  return { token: found as Token, text: found }
}

function wordAt(text: string, start: number): Item {
  let end = start
  while (end < text.length && !SPECIAL.includes(text[end] ?? '') && !/[ \t\r\n]/.test(text[end] ?? '')) end++
  const word = text.slice(start, end)
  return { token: word === 'in' || word === 'notin' ? word : 'identifier', text: word }
}

class Parser {
  readonly #items: readonly Item[]
  #at = 0

  constructor(items: readonly Item[]) {
    this.#items = items
  }

  parse(): LabelTest[] {
    const tests: LabelTest[] = []
    for (;;) {
      const next = this.#peek()
      if (next.token === 'end') return tests
      if (next.token !== 'identifier' && next.token !== '!') {
        throw badRequest(`found '${next.text}', expected: !, identifier, or 'end of string'`)
      }
      tests.push(this.#requirement())
      const after = this.#take()
      if (after.token === 'end') return tests
      if (after.token !== ',') throw badRequest(`found '${after.text}', expected: ',' or 'end of string'`)
      const following = this.#peek()
      if (following.token !== 'identifier' && following.token !== '!') {
        throw badRequest(`found '${following.text}', expected: identifier after ','`)
      }
    }
  }

  /** In places where a value stands, the words `in` and `notin` are plain words. */
  #peek(): Item {
    return asValue(this.#items[this.#at] ?? { token: 'end', text: '' })
  }

  #take(): Item {
    const item = this.#peek()
    this.#at++
    return item
  }

  #takeOperator(): Item {
    const item = this.#items[this.#at] ?? { token: 'end', text: '' }
    this.#at++
    return item
  }

  #requirement(): LabelTest {
    let key = this.#take()
    const negated = key.token === '!'
    if (negated) key = this.#take()
    if (key.token !== 'identifier') throw refused(`found '${key.text}', expected: identifier`)
    const problems = qualifiedNameProblems(key.text)
    if (problems.length > 0) throw refused(`<nil>: Invalid value: ${JSON.stringify(key.text)}: ${problems.join('; ')}`)
    const name = key.text
    const next = this.#peek().token
    if (negated) return (labels) => labels[name] === undefined
    if (next === 'end' || next === ',') return (labels) => labels[name] !== undefined
    const operator = this.#takeOperator()
    if (!OPERATORS.has(operator.token)) {
      throw refused(`found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`)
    }
    const values = operator.token === 'in' || operator.token === 'notin' ? this.#values() : [this.#exactValue()]
    checkValues(name, operator.token, values)
    return testOf(name, operator.token, values)
  }

  #exactValue(): string {
    const next = this.#peek().token
    if (next === 'end' || next === ',') return ''
    const item = this.#take()
    if (item.token === 'identifier') return item.text
    throw refused(`found '${item.text}', expected: identifier`)
  }

  #values(): string[] {
    const open = this.#take()
    if (open.token !== '(') throw refused(`found '${open.text}' expected: '('`)
    const values: string[] = []
    let pending = true
    for (;;) {
      const item = this.#take()
      if (item.token === 'identifier') {
        values.push(item.text)
        pending = false
        const next = this.#peek()
        if (next.token !== ',' && next.token !== ')') throw refused(`found '${next.text}', expected: ',' or ')'`)
      } else if (item.token === ',') {
        if (pending) values.push('')
        pending = true
      } else if (item.token === ')') {
        if (pending) values.push('')
        return [...new Set(values)].sort()
      } else if (values.length === 0) {
        throw refused(`found '${item.text}', expected: ',', ')' or identifier`)
      } else throw refused(`found '${item.text}', expected: ',', or identifier`)
    }
  }
}

function asValue(item: Item): Item {
  return item.token === 'in' || item.token === 'notin' ? { token: 'identifier', text: item.text } : item
}

function refused(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`)
}

function checkValues(key: string, operator: Token, values: readonly string[]): void {
  const findings: string[] = []
  for (const [index, value] of values.entries()) {
    if ((operator === '>' || operator === '<') && !/^[+-]?\d+$/.test(value)) {
      findings.push(
        `values[${index}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      )
    }
  }
  for (const [index, value] of values.entries()) {
    const problems = labelValueProblems(value)
    if (problems.length > 0) {
      findings.push(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problems.join('; ')}`)
    }
  }
  if (findings.length > 0) throw refused(findings.length === 1 ? (findings[0] ?? '') : `[${findings.join(', ')}]`)
}

function testOf(key: string, operator: Token, values: readonly string[]): LabelTest {
  const set = new Set(values)
  const [only = ''] = values
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return (labels) => labels[key] !== undefined && set.has(labels[key])
    case 'notin':
    case '!=':
      return (labels) => labels[key] === undefined || !set.has(labels[key])
    case '>':
      return (labels) => integerAt(labels, key) > Number(only)
    default:
      return (labels) => integerAt(labels, key) < Number(only)
  }
}

/** NaN, which no comparison holds for, when the label is no integer. */
function integerAt(labels: Readonly<Record<string, string>>, key: string): number {
  const text = labels[key]
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
}
