import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { errorText } from '../../../base/index.ts'
import { loadChart, metadataYaml, readFileError } from '../../../chart/index.ts'
import { signProvenance } from '../../../repo/index.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { fixedInput } from '../../io.ts'

/** Signs archives; the passphrase is asked for (or read) once. */
export interface Signer {
  /** Writes `PATH.prov`. */
  sign(path: string): Promise<void>
  /** The provenance of an archive that is not written yet. `metadata` is signed beside the digest. */
  provenanceOf(fileName: string, archive: Uint8Array, metadata: () => string): Promise<string>
}

/** What `--sign` and its companions say. */
export interface SignFlags {
  readonly key: string
  readonly keyring: string
  readonly passphraseFile: string
}

/** Creates a signer with a key of the keyring; `keyringFailure` is said in front when that cannot be read. As Helm 4 `Package.Clearsign`. */
export function createSigner(ctx: CliContext, flags: SignFlags, keyringFailure = ''): Signer {
  let cached: Promise<string> | undefined
  const fromFile = async (): Promise<void> => {
    if (flags.passphraseFile === '') return
    cached ??= passphraseIn(ctx, flags.passphraseFile)
    await cached
  }
  const passphrase = (name: string): Promise<string> => {
    cached ??= askPassphrase(ctx, name)
    return cached
  }
  const provenanceOf: Signer['provenanceOf'] = (fileName, archive, metadata) =>
    signProvenance({
      keyring: readKeyring(flags.keyring, keyringFailure),
      key: flags.key,
      passphrase,
      preparePassphrase: fromFile,
      nowMs: ctx.host.clock.nowMs(),
      fileName,
      archive,
      metadata,
    })
  return {
    provenanceOf,
    async sign(path) {
      const text = await provenanceOf(basename(path), readFile(path), () => chartYamlOf(ctx, path))
      writeFileSync(`${path}.prov`, text, { mode: 0o644 })
    },
  }
}

function readKeyring(path: string, failure: string): Uint8Array {
  try {
    return readFile(path)
  } catch (error) {
    throw commandFailed(`${failure}${errorText(error)}`, error)
  }
}

function chartYamlOf(ctx: CliContext, path: string): string {
  try {
    return metadataYaml(loadChart(path, { log: ctx.log.asLog() }).metadata)
  } catch (error) {
    throw commandFailed(`failed to load chart for signing: ${errorText(error)}`, error)
  }
}

/** The first line of a file, or of what is piped in. As Helm 4 `Package.passphraseFileFetcher`. */
async function passphraseIn(ctx: CliContext, file: string): Promise<string> {
  const { stdin } = ctx.io
  if (file === '-' && !stdin.isPipe) {
    throw commandFailed('specified reading passphrase from stdin, without input on stdin')
  }
  const line = await (file === '-' ? stdin : fixedInput(readFile(file))).readLine()
  if (line === undefined) throw commandFailed('EOF')
  return line.replace(/\r$/, '')
}

async function askPassphrase(ctx: CliContext, name: string): Promise<string> {
  ctx.print(`Password for key "${name}" >  `)
  if (!ctx.io.stdin.isTTY) {
    ctx.print('\n')
    throw commandFailed('inappropriate ioctl for device')
  }
  const text = await ctx.io.stdin.readLine({ secret: true })
  ctx.print('\n')
  return text ?? ''
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw readFileError(error, path)
  }
}
