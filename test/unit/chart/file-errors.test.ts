import { expect, it } from 'vitest'
import { readFileError, writeFileError } from '../../../src/chart/index.ts'

const of = (code: string): Error => Object.assign(new Error(code), { code })

it.each([
  [readFileError(of('ENOENT'), 'a'), 'open a: no such file or directory'],
  [readFileError(of('EISDIR'), 'a'), 'read a: is a directory'],
  [writeFileError(of('EISDIR'), 'a'), 'open a: is a directory'],
  [writeFileError(of('EACCES'), 'a'), 'open a: permission denied'],
  [writeFileError(of('ENOSPC'), 'a'), 'write a: no space left on device'],
])('%s is worded as Go words it', (error, text) => {
  expect(error.message).toBe(text)
})
