import { expect, test } from 'vitest'
import { systemClock, systemRandom } from '../../../src/base/index.ts'
import { createFunctionMap, KeysPending, RepeatableKeys } from '../../../src/funcs/index.ts'
import type { GoObject } from '../../../src/go/index.ts'

test('an attempt that starts again gets the keys of the one before it, in the same order', async () => {
  const keys = new RepeatableKeys()
  const functions = createFunctionMap({
    clock: systemClock(),
    random: systemRandom,
    slowKey: (kind) => keys.draw(kind),
  })
  const issue = (name: string, ...args: unknown[]): GoObject =>
    functions.get(name)?.call(...(args as never[])) as GoObject
  const draws = [
    (): GoObject => issue('genCA', 'ca', 1n),
    (): GoObject => issue('genSelfSignedCert', 'host', null, null, 1n),
    (): GoObject => issue('genSignedCert', 'host', null, null, 1n, issue('genCAWithKey', 'ca', 1n, authorityKey)),
  ]
  const authorityKey = String(functions.get('genPrivateKey')?.call('ecdsa'))
  for (const draw of draws) expect(draw).toThrow(KeysPending)
  await Promise.all([keys.more('certificate', 3), keys.more('certificate', 3)])
  const keyOf = (draw: () => GoObject): unknown => draw().fields.get('Key')
  const first = draws.map(keyOf)
  for (const draw of draws) expect(draw).toThrow(KeysPending)
  keys.rewind()
  expect(draws.map(keyOf)).toEqual(first)
  expect(new Set(first).size).toBe(3)
})

test('a rehearsal has keys made that the next attempts draw, and gets others in their place', async () => {
  const keys = new RepeatableKeys()
  const standIns = [keys.rehearse('certificate'), keys.rehearse('certificate')]
  expect(standIns.map((key) => key.asymmetricKeyType)).toEqual(['ec', 'ec'])
  keys.rewind()
  expect(() => keys.draw('certificate')).toThrow(KeysPending)
  await keys.more('certificate', 5)
  const drawn = [keys.draw('certificate'), keys.draw('certificate')]
  expect(drawn.map((key) => key.asymmetricKeyDetails?.modulusLength)).toEqual([2048, 2048])
  expect(() => keys.draw('certificate')).toThrow(KeysPending)
})

test('private keys of the kinds that take long are drawn too, each kind in its own order', async () => {
  const keys = new RepeatableKeys()
  const functions = createFunctionMap({
    clock: systemClock(),
    random: systemRandom,
    slowKey: (kind) => keys.draw(kind),
  })
  const make = (type: string): string => String(functions.get('genPrivateKey')?.call(type))
  expect(() => make('rsa')).toThrow(KeysPending)
  expect(make('ecdsa')).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/)
  keys.rehearse('dsa')
  await keys.settled()
  keys.rewind()
  const key = make('dsa')
  expect(key).toMatch(/^-----BEGIN DSA PRIVATE KEY-----\n/)
  expect(() => make('dsa')).toThrow(expect.objectContaining({ kind: 'dsa' }))
  keys.rewind()
  expect(make('dsa')).toBe(key)
})
