import { expect, test } from 'vitest'
import { proxyFor } from '../../../src/net/index.ts'

const env = {
  HTTP_PROXY: 'http://proxy:3128',
  HTTPS_PROXY: 'http://user:p%40ss@secure:3129',
  NO_PROXY: 'internal,.corp.example,10.0.0.0/8,skip:8443',
}

test.each([
  ['http://example.com/', 'proxy'],
  ['https://example.com/', 'secure'],
  ['http://localhost/', undefined],
  ['http://127.0.0.1:8080/', undefined],
  ['http://internal/', undefined],
  ['http://a.internal/', undefined],
  ['http://a.corp.example/', undefined],
  ['http://corp.example/', 'proxy'],
  ['http://10.1.2.3/', undefined],
  ['http://11.1.2.3/', 'proxy'],
  ['https://skip:8443/', undefined],
  ['https://skip/', 'secure'],
])('%s goes through %s', (url, host) => {
  expect(proxyFor(new URL(url), env)?.host).toBe(host)
})

test('the login of a proxy is decoded', () => {
  expect(proxyFor(new URL('https://x/'), env)?.auth).toEqual({ username: 'user', password: 'p@ss' })
})
