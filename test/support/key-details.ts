import { newSlowKey } from '../../src/funcs/crypto/keys.ts'

// Asks new keys for their details while memory is collected all the time.
let bytes = 0
for (let keys = 0; keys < 15; keys++) {
  const key = newSlowKey('certificate')
  for (let round = 0; round < 400; round++) {
    if (key.asymmetricKeyDetails?.modulusLength !== 2048) throw new Error('not a key of 2048 bits')
    bytes += new ArrayBuffer(500_000).byteLength
  }
}
console.log(bytes)
