/**
 * Writes to a store without end, for the crash test: `store-writer.js DIRECTORY SEED`. Prints a line for every write that was
 * acknowledged: `put KEY REVISION` or `delete KEY REVISION`.
 */
import { lmdbBackend, openStore } from '../../src/cluster/store/index.ts'

const [directory = '', seed = '1'] = process.argv.slice(2)
const store = await openStore({ backend: lmdbBackend(directory), stamp: (value, revision) => ({ ...value, revision }) })
let state = Number(seed) * 2_654_435_761
const next = (limit: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state % limit
}

async function writer(name: string): Promise<void> {
  for (;;) {
    const key = `g/r/${name}-${next(40)}`
    const exists = store.get(key) !== undefined
    const value = { writer: name, text: 'x'.repeat(next(2000)) }
    if (exists && next(4) === 0) process.stdout.write(`delete ${key} ${(await store.delete(key)).revision}\n`)
    else
      process.stdout.write(
        `put ${key} ${(await (exists ? store.update(key, value) : store.create(key, value))).revision}\n`,
      )
  }
}

process.stdout.write(`open ${store.revision}\n`)
await Promise.all(['a', 'b', 'c', 'd'].map(writer))
