import { expect, test } from 'vitest'
import { parseTemplate, TemplateCache, TemplateSet } from '../../../src/template/index.ts'
import { functions } from './run.ts'

const parsed = (name: string, text: string) => parseTemplate(name, text, functions)
const run = (set: TemplateSet, name: string): string => set.execute(name, null, { functions })

test('a later definition wins, an empty one does not', () => {
  const set = new TemplateSet()
  set.add(parsed('a', '{{ define "x" }}1{{ end }}'))
  set.add(parsed('b', '{{ define "x" }}2{{ end }}'))
  set.add(parsed('c', '{{ define "x" }} {{/* nothing */}} {{ end }}{{ template "x" }}'))
  expect(run(set, 'c')).toBe('2')
  expect(set.names()).toEqual(['a', 'b', 'c', 'x'])
})

test('a clone and its origin do not see what the other adds later', () => {
  const set = new TemplateSet()
  set.add(parsed('a', '{{ template "x" }}{{ define "x" }}1{{ end }}'))
  const copy = set.clone()
  copy.add(parsed('b', '{{ define "x" }}2{{ end }}'))
  set.add(parsed('c', '{{ define "y" }}3{{ end }}'))
  expect([run(set, 'a'), run(copy, 'a')]).toEqual(['1', '2'])
  expect([set.has('y'), copy.has('y')]).toEqual([true, false])
})

test('many clones of clones stay independent', () => {
  let set = new TemplateSet()
  set.add(parsed('a', '{{ template "x" }}{{ define "x" }}0{{ end }}'))
  const sets = [set]
  for (let i = 1; i < 20; i++) {
    set = set.clone()
    set.add(parsed('b', `{{ define "x" }}${i}{{ end }}`))
    sets.push(set)
  }
  expect(sets.map((each) => run(each, 'a'))).toEqual(sets.map((_, i) => String(i)))
})

test('a parsed template runs with other functions of the same names', () => {
  const set = new TemplateSet()
  set.add(parsed('a', '{{ upper "x" }}'))
  const other = new Map(functions).set('upper', {
    params: ['string'],
    result: 'string',
    call: (text) => `<${String(text)}>`,
  })
  expect([run(set, 'a'), set.execute('a', null, { functions: other })]).toEqual(['X', '<x>'])
})

test('the cache parses a text once', () => {
  const cache = new TemplateCache(functions)
  expect(cache.parse('a', '{{ 1 }}')).toBe(cache.parse('a', '{{ 1 }}'))
  expect(cache.parse('a', '{{ 1 }}')).not.toBe(cache.parse('b', '{{ 1 }}'))
})
