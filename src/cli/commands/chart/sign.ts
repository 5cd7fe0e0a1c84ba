import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { errorText } from '../../../base/index.ts'
import { fileSystemError, loadChart, metadataYaml } from '../../../chart/index.ts'
import { signProvenance } from '../../../repo/index.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'

/** Signs archives; the passphrase is asked for (or read) once. */
export interface Signer {
  /** Writes `PATH.prov`. */
  sign(path: string): Promise<void>
}

/** What `--sign` and its companions say. */
export interface SignFlags {
  readonly key: string
  readonly keyring: string
  readonly passphraseFile: string
}

/** Creates a signer with a key of the keyring; `metadataOf` gives the text that is signed beside the digest. As Helm 4 `Package.Clearsign`. */
export function createSigner(
  ctx: CliContext,
  flags: SignFlags,
  metadataOf: (path: string) => string = chartYamlOf,
): Signer {
  let cached: Promise<string> | undefined
  const passphrase = (name: string): Promise<string> => {
    cached ??= passphraseOf(ctx, name, flags.passphraseFile)
    return cached
  }
  return {
    async sign(path) {
      const keyring = readFile(flags.keyring)
      const text = await signProvenance({
        keyring,
        key: flags.key,
        passphrase,
        nowMs: ctx.host.clock.nowMs(),
        fileName: basename(path),
        archive: readFile(path),
        metadata: () => metadataOf(path),
      })
      writeFileSync(`${path}.prov`, text, { mode: 0o644 })
    },
  }
}

function chartYamlOf(path: string): string {
  try {
    return metadataYaml(loadChart(path).metadata)
  } catch (error) {
    throw commandFailed(`failed to load chart for signing: ${errorText(error)}`, error)
  }
}

async function passphraseOf(ctx: CliContext, name: string, file: string): Promise<string> {
  if (file === '-') {
    if (ctx.io.stdin.isTTY) throw commandFailed('specified reading passphrase from stdin, without input on stdin')
    return (await ctx.io.stdin.readLine()) ?? ''
  }
  if (file !== '') return Buffer.from(readFile(file)).toString('utf8').split(/\r?\n/)[0] ?? ''
  ctx.print(`Password for key "${name}" >  `)
  const text = await ctx.io.stdin.readLine({ secret: true })
  ctx.print('\n')
  return text ?? ''
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw fileSystemError(error, 'open', path)
  }
}
