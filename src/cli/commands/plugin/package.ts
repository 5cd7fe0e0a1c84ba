import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorText } from '../../../base/index.ts'
import { fileSystemError } from '../../../chart/index.ts'
import { emitYamlFromJson } from '../../../encoding/index.ts'
import { completeFiles, defineCommand, exactArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { keyringFlag } from '../../flags/chart.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'
import { packPlugin } from '../../plugins/archive.ts'
import { loadPlugin, type Plugin, pluginRecord } from '../../plugins/plugin.ts'
import { createSigner } from '../chart/sign.ts'

/** `plugin package` */
export const pluginPackage = defineCommand({
  path: 'plugin package',
  usage: '[PATH]',
  description: 'Packs a plugin folder into a signed archive.',
  examples: '$0 plugin package ./my-plugin --key mykey --keyring ~/.gnupg/secring.gpg',
  args: exactArgs(1),
  flags: {
    destination: stringFlag('folder to write to', '.', { short: 'd' }),
    key: stringFlag('name of the key to sign with'),
    keyring: keyringFlag,
    passphraseFile: stringFlag("file with the passphrase of the key; '-' reads it from standard input"),
    sign: boolFlag('sign the archive with a PGP key', true),
  },
  complete: completeFiles(1),
  async run(ctx, [folder = ''], flags) {
    let isFolder: boolean
    try {
      isFolder = statSync(folder).isDirectory()
    } catch (error) {
      throw fileSystemError(error, 'stat', folder)
    }
    if (!isFolder) throw commandFailed('plugin package only supports directories, not tarballs')
    const plugin = load(folder)
    mkdirSync(flags.destination, { recursive: true })
    if (!flags.sign) {
      ctx.printLine('WARNING: Skipping plugin signing. This is not recommended for plugins intended for distribution.')
    }
    const name = `${plugin.name}-${plugin.version}.tgz`
    const path = join(flags.destination, name)
    const archive = packPlugin(folder, plugin.name)
    const signer = flags.sign ? createSigner(ctx, flags, 'error reading from keyring: ') : undefined
    const provenance = await signer?.provenanceOf(name, archive, () => emitYamlFromJson(pluginRecord(plugin)))
    writeFileSync(path, archive, { mode: 0o644 })
    if (provenance !== undefined) {
      writeFileSync(`${path}.prov`, provenance, { mode: 0o644 })
      ctx.printLine(`Successfully signed. Signature written to: ${path}.prov`)
    }
    ctx.printLine(`Successfully packaged plugin and saved it to: ${path}`)
  },
})

function load(folder: string): Plugin {
  try {
    return loadPlugin(folder)
  } catch (error) {
    throw commandFailed(`invalid plugin directory: ${errorText(error)}`, error)
  }
}
