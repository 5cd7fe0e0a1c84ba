import { errorText } from '../../../base/index.ts'
import { completeFiles, defineCommand, exactArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { connectionFlags, keyringFlag } from '../../flags/chart.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'
import { checkRepositoryAddress } from '../../plugins/git-source.ts'
import { installPlugin, sourceKind } from '../../plugins/install.ts'
import { loadPlugin, type Plugin } from '../../plugins/plugin.ts'
import { runPluginHook } from '../../plugins/run.ts'

/** `plugin install` */
export const pluginInstall = defineCommand({
  path: 'plugin install',
  usage: '[options] <path|url>',
  description: `Installs a plugin from a folder (as a link, for development), an archive, or a Git repository.

Archives must be signed, with a .prov file beside them, unless --verify=false is given.`,
  examples: '$0 plugin install ./my-plugin\n$0 plugin install https://example.com/my-plugin-1.0.0.tgz',
  args: exactArgs(1),
  flags: {
    ...connectionFlags,
    keyring: keyringFlag,
    verify: boolFlag('check the signature before installing', true),
    version: stringFlag('version to install; the newest by default'),
  },
  complete: completeFiles(1),
  async run(ctx, [source = ''], flags) {
    const { keyring, verify, version } = flags
    const kind = sourceKind(source)
    if (kind === 'folder') ctx.printLine('Installing plugin from local directory (development mode)')
    else if (!verify) ctx.printLine('WARNING: Skipping plugin signature verification')
    else if (kind === 'repository') {
      checkRepositoryAddress(source)
      throw commandFailed('plugin source does not support verification. Use --verify=false to skip verification')
    }
    const shouldVerify = verify && kind !== 'folder'
    if (shouldVerify) ctx.printLine('Verifying plugin signature...')
    const { folder, verification } = await installPlugin(ctx, {
      source,
      version,
      verify: shouldVerify,
      keyring,
      connection: flags,
    })
    if (verification !== undefined) {
      for (const signer of verification.signers) ctx.printLine(`Signed by: ${signer}`)
      ctx.printLine(`Using Key With Fingerprint: ${verification.fingerprint}`)
      ctx.printLine(`Plugin Hash Verified: ${verification.fileHash}`)
    }
    ctx.log.debug('loading plugin', { path: folder })
    let plugin: Plugin
    try {
      plugin = loadPlugin(folder)
    } catch (error) {
      throw commandFailed(`plugin is installed but unusable: ${errorText(error)}`, error)
    }
    await runPluginHook(ctx, plugin, 'install')
    ctx.printLine(`Installed plugin: ${plugin.name}`)
  },
})
