import { expect, test } from 'vitest'
import { linesOf } from '../../../src/base/index.ts'

async function* chunksOf(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text
}

test.each([
  ['lines over several chunks', ['{"a"', ':1}\n{"b":2}', '\n'], ['{"a":1}', '{"b":2}']],
  ['several lines in one chunk, without the empty ones', ['a\n\n \nb\n'], ['a', 'b']],
  ['a character that is cut in two', [Buffer.from('ä\n').subarray(0, 1), Buffer.from('ä\n').subarray(1)], ['ä']],
  ['not what follows the last end', ['a\nb'], ['a']],
])('gives %s', async (_what, chunks, lines) => {
  const found: string[] = []
  for await (const line of linesOf(chunksOf(...chunks))) found.push(line)
  expect(found).toEqual(lines)
})
