import { expect, test } from 'vitest'
import { systemClock, systemRandom } from '../../../src/base/index.ts'
import { createFunctionMap, RepeatableKeys } from '../../../src/funcs/index.ts'
import type { GoObject } from '../../../src/go/index.ts'

test('an attempt that starts again gets the keys of the one before it, in the same order', () => {
  const keys = new RepeatableKeys()
  const functions = createFunctionMap({ clock: systemClock(), random: systemRandom, certificateKey: () => keys.draw() })
  const newKey = (): unknown => (functions.get('genCA')?.call('ca', 1n) as GoObject).fields.get('Key')
  const first = [newKey(), newKey()]
  keys.rewind()
  expect([newKey(), newKey()]).toEqual(first)
  expect(new Set([...first, newKey()]).size).toBe(3)
})
