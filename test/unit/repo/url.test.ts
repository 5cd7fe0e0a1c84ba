import { describe, expect, test } from 'vitest'
import { joinUrl, parseUrl, resolveReference, sameOrigin, sameUrl } from '../../../src/repo/url.ts'

describe('references below a repository', () => {
  test.each([
    ['http://h/charts', 'index.yaml', 'http://h/charts/index.yaml'],
    ['http://h/charts/', 'a-1.tgz', 'http://h/charts/a-1.tgz'],
    ['http://h/charts?token=x', 'a.tgz', 'http://h/charts/a.tgz?token=x'],
    ['http://h/charts', '/a.tgz', 'http://h/a.tgz'],
    ['http://h/charts', 'https://other/a.tgz', 'https://other/a.tgz'],
    ['http://h/a/b', '../c.tgz', 'http://h/a/c.tgz'],
  ])('%s + %s', (base, reference, url) => {
    expect(resolveReference(base, reference)).toBe(url)
  })
})

test.each([
  ['http://h/a', 'http://h/a/', true],
  ['http://h', 'http://h/', true],
  ['http://h/a', 'http://h/b', false],
  ['http://h/a', 'https://h/a', false],
])('%s and %s are the same place: %s', (a, b, same) => {
  expect(sameUrl(a, b)).toBe(same)
})

test('the port belongs to the origin, so that logins stay with their server', () => {
  expect(sameOrigin('https://h/a', 'https://h/b')).toBe(true)
  expect(sameOrigin('https://h/a', 'https://h:8443/a')).toBe(false)
})

test('a text with a scheme but no slashes has no host', () => {
  expect(parseUrl('repo/chart')).toMatchObject({ scheme: '', host: '', path: 'repo/chart' })
  expect(parseUrl('127.0.0.1:80/x')).toBeUndefined()
})

test('URL elements are joined', () => {
  expect(joinUrl('https://h/base/', 'a.tgz')).toBe('https://h/base/a.tgz')
  expect(joinUrl('', 'sub', 'a.tgz')).toBe('sub/a.tgz')
})
