import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GoRegexp, quoteRegexp } from '../../../src/go/index.ts'
import { translatePattern } from '../../../src/go/regexp/native.ts'

test('empty matches right after a match do not count', () => {
  expect(GoRegexp.compile('a*').findAllIndexes('baaac')).toEqual([
    [0, 0],
    [1, 4],
    [5, 5],
  ])
  expect(GoRegexp.compile('a*').replaceAll('baaac', 'x')).toBe('xbxcx')
})

test('references in replacements follow Go', () => {
  const regexp = GoRegexp.compile('(?P<first>a)(b)?')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's references look like JavaScript's templates.
  expect(regexp.replaceAll('ab a', '[$first|$2|$1x|${1}x|$$]')).toBe('[a|b||ax|$] [a|||ax|$]')
  expect(regexp.replaceAllLiteral('ab', '$1')).toBe('$1')
})

test('splits keep the pieces that Go keeps', () => {
  expect(GoRegexp.compile('a').split('banana')).toEqual(['b', 'n', 'n', ''])
  expect(GoRegexp.compile('a').split('banana', 2)).toEqual(['b', 'nana'])
  expect(GoRegexp.compile('').split('abc')).toEqual(['a', 'b', 'c'])
})

test('errors carry the words of Go', () => {
  expect(() => GoRegexp.compile('a(b')).toThrow('error parsing regexp: missing closing ): `a(b`')
  expect(() => GoRegexp.compile('\\')).toThrow('error parsing regexp: trailing backslash at end of expression: ``')
})

test('quoting makes every character literal', () => {
  expect(quoteRegexp('a.b*[c]')).toBe('a\\.b\\*\\[c\\]')
})

test.each([
  '(-?[^a-z\\d\\-])+-?',
  '(a?b)*',
  '([a-c]?\\d){2,3}|-',
  '(?:-?[a-c])+?0',
])('%s means the same to both engines, and its group too', (pattern) => {
  const native = GoRegexp.compile(pattern)
  // The engine of RE2 takes over where flags are.
  const engine = GoRegexp.compile(`(?s:)${pattern}`)
  const text = fc.array(fc.constantFrom(...'aabcc--00x é'), { maxLength: 12 }).map((chars) => chars.join(''))
  fc.assert(
    fc.property(text, (t) => {
      expect(native.findAllIndexes(t)).toEqual(engine.findAllIndexes(t))
    }),
  )
})

test('pairs that are not clear are left to the other engine', () => {
  expect(translatePattern('(-?[^a-z])+')).toBeUndefined()
  expect(translatePattern('(a?a)+')).toBeUndefined()
  expect(translatePattern('(a?^)+')).toBeUndefined()
})
