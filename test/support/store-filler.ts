/**
 * Fills a store until the system refuses to let its file grow, for the full-disk test: `store-filler.js DIRECTORY`. Then
 * makes room by deleting, and writes again. Prints what it saw as one line of JSON.
 */
import { lmdbBackend, openStore } from '../../src/cluster/store/index.ts'

const [directory = ''] = process.argv.slice(2)
const store = await openStore({ backend: lmdbBackend(directory) })
const text = 'x'.repeat(100_000)
let written = 0
let failure = ''
while (failure === '' && written < 1000) {
  try {
    await store.create(`g/r/${written}`, { text })
    written++
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
}
const keptFailedKey = store.get(`g/r/${written}`) !== undefined
const { revision } = store
for (let index = 0; index < 4; index++) await store.delete(`g/r/${index}`)
await store.create('g/r/small', { text: 'after' })
await store.close()
console.log(JSON.stringify({ written, failure, keptFailedKey, revision }))
