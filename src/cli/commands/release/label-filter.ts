import { commandFailed } from '../../errors.ts'

type Labels = Readonly<Record<string, string>>
type Requirement = (labels: Labels) => boolean

/** Compiles a label selector as apimachinery's labels.Parse; throws with its text. */
export function compileSelector(selector: string): (labels: Labels) => boolean {
  const requirements = new SelectorParser(selector).parse()
  return (labels) => requirements.every((requirement) => requirement(labels))
}

interface Token {
  readonly type: 'word' | 'in' | 'notin' | '=' | '==' | '!=' | '!' | '>' | '<' | '(' | ')' | ',' | 'end'
  readonly text: string
}

const OPERATORS = ['in', 'notin', '=', '==', '!=', '>', '<'] as const
const OPERATOR_WORDS = 'in, notin, =, ==, !=, gt, lt'

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  for (const [word] of text.matchAll(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g)) {
    if (word === 'in' || word === 'notin') tokens.push({ type: word, text: word })
    else if (/^[=!<>(),]/.test(word)) tokens.push({ type: word as Token['type'], text: word })
    else tokens.push({ type: 'word', text: word })
  }
  tokens.push({ type: 'end', text: '' })
  return tokens
}

class SelectorParser {
  private readonly tokens: readonly Token[]
  private at = 0

  constructor(selector: string) {
    this.tokens = tokenize(selector)
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = []
    for (;;) {
      const next = this.peek()
      if (next.type === 'end') return requirements
      if (!startsRequirement(next)) {
        throw commandFailed(`found '${next.text}', expected: !, identifier, or 'end of string'`)
      }
      requirements.push(this.requirement())
      const end = this.take()
      if (end.type === 'end') return requirements
      if (end.type !== ',') throw commandFailed(`found '${end.text}', expected: ',' or 'end of string'`)
      const after = this.peek()
      if (!startsRequirement(after)) throw commandFailed(`found '${after.text}', expected: identifier after ','`)
    }
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { type: 'end', text: '' }
  }

  private take(): Token {
    const token = this.peek()
    this.at++
    return token
  }

  private requirement(): Requirement {
    let token = this.take()
    const negated = token.type === '!'
    if (negated) token = this.take()
    // Words of operators may be keys.
    if (token.type !== 'word' && token.type !== 'in' && token.type !== 'notin') {
      throw unparsable(`found '${token.text}', expected: identifier`)
    }
    const key = token.text
    if (negated) return (labels) => labels[key] === undefined
    const next = this.peek()
    if (next.type === 'end' || next.type === ',') return (labels) => labels[key] !== undefined
    return this.comparison(key)
  }

  private comparison(key: string): Requirement {
    const token = this.take()
    const operator = OPERATORS.find((one) => one === token.type)
    switch (operator) {
      case 'in':
      case 'notin': {
        const values = this.values()
        const wanted = operator === 'in'
        return (labels) => {
          const value = labels[key]
          return value === undefined ? !wanted : values.has(value) === wanted
        }
      }
      case '=':
      case '==':
      case '!=': {
        const value = this.exactValue()
        const equal = operator !== '!='
        return (labels) => (labels[key] === value) === equal
      }
      case '>':
      case '<': {
        const limit = Number(this.exactValue())
        const sign = operator === '>' ? 1 : -1
        return (labels) => /^-?\d+$/.test(labels[key] ?? '') && (Number(labels[key]) - limit) * sign > 0
      }
      default:
        throw unparsable(`found '${token.text}', expected: ${OPERATOR_WORDS}`)
    }
  }

  private exactValue(): string {
    const next = this.peek()
    if (next.type === 'end' || next.type === ',') return ''
    const token = this.take()
    if (token.type === 'word' || token.type === 'in' || token.type === 'notin') return token.text
    throw unparsable(`found '${token.text}', expected: identifier`)
  }

  private values(): ReadonlySet<string> {
    const open = this.take()
    if (open.type !== '(') throw unparsable(`found '${open.text}' expected: '('`)
    const values = new Set<string>()
    let expectValue = true
    for (;;) {
      const token = this.take()
      if (token.type === ')') {
        if (expectValue) values.add('')
        return values
      }
      if (token.type === ',') {
        if (expectValue) values.add('')
        expectValue = true
      } else if (token.type === 'word' || token.type === 'in' || token.type === 'notin') {
        values.add(token.text)
        expectValue = false
      } else throw unparsable(`found '${token.text}', expected: ',', ')' or identifier`)
    }
  }
}

function startsRequirement(token: Token): boolean {
  return token.type === 'word' || token.type === '!' || token.type === 'in' || token.type === 'notin'
}

function unparsable(why: string): Error {
  return commandFailed(`unable to parse requirement: ${why}`)
}
