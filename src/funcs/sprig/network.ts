import { spawnSync } from 'node:child_process'
import { type Random, randomInt } from '../../base/index.ts'
import { panicError } from '../errors.ts'
import { fn, type FunctionTable } from '../signature.ts'

const TIMEOUT_MS = 10_000

/** Prints the addresses of the host that its argument names. */
const SCRIPT = `require('node:dns').lookup(process.argv[1], { all: true }, (error, found) => {
  require('node:fs').writeSync(1, JSON.stringify(error ? [] : found.map((entry) => entry.address)))
})`

/** The addresses of a host. Templates cannot wait, and Node resolves names only asynchronously: so another process does it. */
function addressesOf(name: string): string[] {
  const { stdout, status } = spawnSync(process.execPath, ['-e', SCRIPT, name], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  })
  return status === 0 ? (JSON.parse(stdout) as string[]) : []
}

/** Name resolution; Helm offers it with `--enable-dns` only. */
export function networkFunctions(random: Random): FunctionTable {
  return {
    getHostByName: fn('string', 'string', (name: string) => {
      const addresses = addressesOf(name)
      if (addresses.length === 0) throw panicError('invalid argument to Intn')
      return addresses[randomInt(random, addresses.length)] as string
    }),
  }
}
