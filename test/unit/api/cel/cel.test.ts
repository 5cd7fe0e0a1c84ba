import { describe, expect, test } from 'vitest'
import { CelError, celFromJson, celToJson, createCelEnvironment, DYN } from '../../../../src/api/cel/index.ts'

const self = {
  replicas: 4,
  name: 'bob',
  items: [{ v: 1 }, { v: 2 }],
  m: { k: 'v' },
  list: [1, 2],
  f: 1.5,
  nul: null,
}
const environment = createCelEnvironment({ self: DYN })

function run(source: string): { value: unknown; cost: number } {
  const compiled = environment.compile(source)
  if (compiled.issues !== undefined) return { value: compiled.issues, cost: -1 }
  const { value, cost } = compiled.program((name) => (name === 'self' ? celFromJson(self) : undefined))
  return { value: value instanceof CelError ? `error: ${value.message}` : celToJson(value), cost }
}

// Values, texts and costs were checked against cel-go 0.26 with Kubernetes' environment of 1.36.
describe('expressions', () => {
  test.each([
    ['1 + 2', 3, 1],
    ['[1,2,3].map(x, x * 2)', [2, 4, 6], 43],
    ['[1,2,3].filter(x, x > 1).size() == 2', true, 35],
    ['[1,2,3].all(x, x > 0)', true, 16],
    ['[1,1].exists_one(x, x == 1)', false, 10],
    ['[1,2].transformList(i, v, i + v)', [1, 3], 31],
    ["{'a':1}.transformMap(k, v, v + 1)", { a: 2 }, 6],
    ['self.replicas > 3 && has(self.name) && !has(self.other)', true, 6],
    ['self.items.exists(i, i.v == 2)', true, 17],
    ["self.?other.orValue('d')", 'd', 1],
    ['optional.of(3).optMap(v, v + 1).value()', 4, 8],
    ["'%s-%d-%.2f-%x'.format(['a', 5, 1.5, 255])", 'a-5-1.50-ff', 2],
    ["'%s'.format([[1,'a',true,1.5,null,{'k':1}]])", '[1, "a", true, 1.500000, null, {"k":1}]', 1],
    ["timestamp('2024-03-01T23:20:30.5Z').getHours('America/New_York')", 18, 1],
    ["string(duration('1h30m'))", '5400s', 0],
    ["cidr('10.0.0.0/8').containsIP('10.1.2.3')", true, 3],
    ["string(ip('2001:db8:0:0:0:0:0:1'))", '2001:db8::1', 3],
    ["quantity('1Gi').isGreaterThan(quantity('1G'))", true, 3],
    ["semver('1.2.3-a.1').isLessThan(semver('1.2.3'))", true, 3],
    ["!format.dns1123Label().validate('abc').hasValue()", true, 11],
    ["url('https://a.b:80/c?d=e').getHost()", 'a.b:80', 3],
    ['[3,1,2].sortBy(x, -x)', [3, 2, 1], 74],
    ['false && (1/0 > 0)', false, 0],
    ['1 < 2.5', true, 1],
  ])('%s', (source, value, cost) => {
    expect(run(source)).toEqual({ value, cost })
  })

  test.each([
    ["{'a': 1}.b", 'no such key: b'],
    ['[1][4]', 'index out of bounds: 4'],
    ['1 / 0', 'division by zero'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ["self.replicas + 'a'", 'no such overload'],
    ["ip('x')", 'IP Address "x" parse error during conversion from string: ParseAddr("x"): unable to parse IP'],
    ['optional.none().value()', 'optional.none() dereference'],
    ['[].max()', 'max called on empty list'],
    ["'abc'.substring(5)", 'index out of range: 5'],
  ])('%s fails', (source, message) => {
    expect(run(source).value).toBe(`error: ${message}`)
  })

  test.each([
    ['foo', 1, "undeclared reference to 'foo' (in container '')"],
    ["1 + 'a'", 3, "found no matching overload for '_+_' applied to '(int, string)'"],
    [
      "'a'.all(x, x)",
      1,
      "expression of type 'string' cannot be range of a comprehension (must be list, map, or dynamic)",
    ],
    ["[1,'a']", 4, "expected type 'int' but found 'string'"],
    ["'a'.matches('(')", 13, 'invalid matches argument'],
    ['[1].map(1, 2)', 9, 'argument is not an identifier'],
    [
      "'%d'.format(['a'])",
      14,
      'error during formatting: decimal clause can only be used on integers, was given string',
    ],
    ['(1', 3, "Syntax error: missing ')' at '<EOF>'"],
    ['1 2', 3, "Syntax error: extraneous input '2' expecting <EOF>"],
  ])('%s is refused', (source, column, message) => {
    const mark = '.'.repeat(column - 1)
    expect(run(source).value).toBe(`ERROR: <input>:1:${column}: ${message}\n | ${source}\n | ${mark}^`)
  })

  test('that do too much are stopped', () => {
    const compiled = environment.compile('[1,2,3].all(x, x > 0)')
    const result = compiled.program?.(() => undefined, 5)
    expect(result?.value).toMatchObject({ message: 'operation cancelled: actual cost limit exceeded' })
  })
})
