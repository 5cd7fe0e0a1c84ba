import { expect, test } from 'vitest'
import {
  dnsLabelProblems,
  labelValueProblems,
  portNameProblems,
  qualifiedNameProblems,
} from '../../../src/api/index.ts'

test('labels may not hold dots, and say so', () => {
  expect(dnsLabelProblems('a.b')).toEqual(['must not contain dots'])
  expect(dnsLabelProblems('my-name')).toEqual([])
  expect(dnsLabelProblems('a'.repeat(64))[0]).toBe('must be no more than 63 characters')
})

test('qualified names have at most one prefix', () => {
  expect(qualifiedNameProblems('example.com/name')).toEqual([])
  expect(qualifiedNameProblems('a/b/c')).toHaveLength(1)
  expect(qualifiedNameProblems('/x')[0]).toBe('prefix part must be non-empty')
})

test('label values may be empty; port names need a letter', () => {
  expect(labelValueProblems('')).toEqual([])
  expect(labelValueProblems('bad value')).toHaveLength(1)
  expect(portNameProblems('80')).toEqual(['must contain at least one letter (a-z)'])
})
