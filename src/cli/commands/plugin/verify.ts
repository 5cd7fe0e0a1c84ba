import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { readFileError } from '../../../chart/index.ts'
import { type Verification, verifyProvenance } from '../../../repo/index.ts'
import { completeFiles, defineCommand, exactArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { keyringFlag } from '../../flags/chart.ts'

/** `plugin verify` */
export const pluginVerify = defineCommand({
  path: 'plugin verify',
  usage: '[PATH]',
  description: "Checks the signature of a plugin's archive on this machine.",
  examples: '$0 plugin verify my-plugin-1.0.0.tgz --keyring pubring.gpg',
  args: exactArgs(1),
  flags: { keyring: keyringFlag },
  complete: completeFiles(1),
  run(ctx, [path = ''], { keyring }) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) throw commandFailed(`stat ${path}: no such file or directory`)
    if (found.isDirectory())
      throw commandFailed('directory verification not supported - only plugin tarballs can be verified')
    if (!/\.(tgz|tar\.gz)$/i.test(path)) {
      throw commandFailed('plugin file must be a gzipped tarball (.tar.gz or .tgz)')
    }
    const provenance = `${path}.prov`
    if (!existsSync(provenance)) {
      throw commandFailed(`could not find provenance file ${provenance}: stat ${provenance}: no such file or directory`)
    }
    const verification = check(path, keyring)
    for (const signer of verification.signers) ctx.printLine(`Signed by: ${signer}`)
    ctx.printLine(`Using Key With Fingerprint: ${verification.fingerprint}`)
    ctx.printLine(`Plugin Hash Verified: ${verification.fileHash}`)
  },
})

function check(path: string, keyring: string): Verification {
  return verifyProvenance({
    archive: readFileSync(path),
    provenance: readFileSync(`${path}.prov`),
    fileName: basename(path),
    keyring: readKeyring(keyring),
  })
}

function readKeyring(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw readFileError(error, path)
  }
}
