import { expect, test } from 'vitest'
import { capturedOutput, fixedInput } from '../../../src/cli/io.ts'
import { transferLine, transferView } from '../../../src/cli/output/transfers.ts'

const web = { name: 'web-1.0.0.tgz', received: 1_234_567, total: 3_400_000 }
const db = { name: 'db-2.0.0.tgz', received: 12_001, total: undefined }

test.each([
  [80, [web], 'Downloading web-1.0.0.tgz 1.2 MB of 3.4 MB'],
  [80, [web, db], 'Downloading web-1.0.0.tgz 1.2 MB of 3.4 MB, db-2.0.0.tgz 13 kB'],
  [60, [web, db, db], 'Downloading web-1.0.0.tgz 1.2 MB of 3.4 MB and 2 more'],
  [30, [web, db, db], 'Downloading 3 files'],
  [20, [web], 'Downloading'],
  [4, [web], 'Down'],
])('in %i columns a line tells what fits', (width, running, want) => {
  expect(transferLine(running, width)).toBe(want)
})

function watched(hasTerminal: boolean) {
  let nowMs = 1000
  const lines: string[] = []
  const output = capturedOutput()
  const status = hasTerminal ? (line: string) => void lines.push(line) : undefined
  const view = transferView({
    io: { stdin: fixedInput(), stdout: output, stderr: output, status },
    host: { clock: { nowMs: () => nowMs, after: () => () => undefined } },
  })
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { view, lines, pass }
}

test('only downloads that last are shown, not too often, and nothing stays', () => {
  const { view, lines, pass } = watched(true)
  const first = view?.begin('a.tgz')
  pass(300)
  first?.update(1000, undefined)
  expect(lines).toEqual([])
  pass(200)
  first?.update(2000, undefined)
  pass(50)
  first?.update(3000, undefined)
  const second = view?.begin('b.tgz')
  pass(50)
  second?.update(1000, 2000)
  expect(lines).toEqual(['Downloading a.tgz 2 kB', 'Downloading a.tgz 3 kB, b.tgz 1 kB of 2 kB'])
  first?.end()
  expect(lines).toHaveLength(2)
  second?.end()
  expect(lines.at(-1)).toBe('')
})

test('without a terminal there is no view', () => {
  expect(watched(false).view).toBeUndefined()
})
