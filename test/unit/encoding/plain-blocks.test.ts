import { expect, test } from 'vitest'
import { decodeNode } from '../../../src/encoding/yaml/decode.ts'
import { findInputProblem } from '../../../src/encoding/yaml/input.ts'
import { composeDocument } from '../../../src/encoding/yaml/node.ts'
import { Parser } from '../../../src/encoding/yaml/parser.ts'
import { NEEDS_PARSER, readPlainBlocks } from '../../../src/encoding/yaml/plain-blocks.ts'

const document = `# A comment
apiVersion: apps/v1
kind: "Deployment"
metadata:
  name: 'it''s'   # with a comment
  labels: {app: web, "tier": front, list: [a, "b c", 1, true, {}]}
  annotations:
    {}
  empty:
spec:
  replicas: 2
  ratio: 1.5
  ports:
  - containerPort: 80
    name: http
  -   - nested
      - --flag=value
  -
    key: value
  - plain text: no
  command: ["sh", "-c"]
  url: http://example.com:80/#part
  escaped: "a \\"b\\" c\\n\\\\"
  folded: first line
    second line

    after a gap
  quoted: "first
    second"
  script: |

    if true; then
      echo "it: works"  # text

    fi
  stripped: |-
    text
  kept: |+
    text

  nothing: |
last: ~
`

function byParser(text: string): unknown {
  const problem = findInputProblem(text)
  const root = composeDocument(new Parser(problem === undefined ? text : text.slice(0, problem.cut), problem))
  return root === undefined ? null : decodeNode(root, { strict: false, plain: false })
}

const read = (text: string): unknown => readPlainBlocks(text, { plain: false, strict: false })

/** What a mutation puts in. */
const bits = [
  ...[' ', '  ', '\n', '\n\n', '\n  ', '\n    ', '\t', '- ', '-', ':', ': ', '#', ' #', '"', "'", '|', '|-', '|+'],
  ...['>', '{}', '[]', '[a, b]', '[', '{', '}', ']', ', ', '~', 'yes', '1', '.5', '0x1', '1_0', '-1', '---\n', '...\n'],
  ...[
    '&a ',
    '*a',
    '!!str ',
    '<<: ',
    '? ',
    '\\',
    '%',
    '@',
    '`',
    'é',
    '\u00a0',
    '\u0085',
    '\r',
    'key:',
    'key: v',
    '__proto__: 1\n',
  ],
]

test('a usual document is read without the parser, with the same result', () => {
  expect(read(document.replace('  - plain text: no\n', ''))).toEqual(
    byParser(document.replace('  - plain text: no\n', '')),
  )
})

test.each([
  ['a tab', 'a:\n\tb: 1\n'],
  ['an anchor', 'a: &x 1\nb: *x\n'],
  ['a second document', 'a: 1\n---\nb: 2\n'],
  ['a deeper line after a value', 'a: 1\n  b: 2\n'],
  ['a key that is a word of YAML', 'yes: 1\n'],
  ['a wrong indentation', 'a:\n    b: 1\n  c: 2\n'],
  ['an unclosed quote', 'a: "b\n'],
  ['nesting without end', `${'- '.repeat(5000)}a\n`],
])('%s is for the parser', (_name, text) => {
  expect(read(text)).toBe(NEEDS_PARSER)
})

test('a key that stands twice is for the parser only when reading strictly', () => {
  expect(read('a: 1\na: 2\n')).toEqual(new Map([['a', 2]]))
  expect(readPlainBlocks('a: 1\na: 2\n', { plain: true, strict: true })).toBe(NEEDS_PARSER)
})

test.each([
  '{}',
  '{}\n',
  '[]',
  'null',
  '42',
  'true # yes',
  'two words',
  '"a\\tb"',
  "'it''s'",
  '[1, a]\n\n',
  '---\n{a: 1}\n',
  'a:\n  -',
])('the document %j is read without the parser', (text) => expect(read(text)).toEqual(byParser(text)))

test.each([
  'a\nb',
  '---',
  '--- a',
  '...',
  '%TAG',
  '{}\n---\nb',
  '|\n a',
  '{} {}',
  '@a',
  '*a',
  '"a": {}\n{}',
  '{}: a',
])('a document %j is for the parser', (text) => expect(read(text)).toBe(NEEDS_PARSER))

test('what is read without the parser is what the parser reads', () => {
  let seed = 20_261_121
  const random = (limit: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return (seed >>> 8) % limit
  }
  const lines = document.split('\n')
  let plain = 0
  const scalars = ['{}', '[]', 'null', 'word', '"text"', "'text'", '{a: 1}', '[1, a]', '12', '']
  for (let round = 0; round < 16_000; round++) {
    const from = random(lines.length)
    const isScalar = round % 4 === 0
    let text = isScalar
      ? (scalars[random(scalars.length)] ?? '')
      : `${lines.slice(from, from + 1 + random(12)).join('\n')}\n`
    for (let changes = random(4); changes > 0; changes--) {
      const at = random(text.length + 1)
      text = text.slice(0, at) + bits[random(bits.length)] + text.slice(at + (random(3) === 0 ? random(6) : 0))
    }
    const value = read(text)
    if (value === NEEDS_PARSER) continue
    plain++
    expect(value, JSON.stringify(text)).toEqual(byParser(text))
  }
  expect(plain).toBeGreaterThan(1000)
})
