import { defineCommand, minArgs } from '../../command.ts'
import { repoEnvironment } from '../../repositories.ts'

/** `registry logout` */
export const registryLogout = defineCommand({
  path: 'registry logout',
  usage: '[host]',
  description: 'Forgets the login to a registry.',
  examples: '$0 registry logout registry.example.com',
  args: minArgs(1),
  flags: {},
  complete: () => ({ candidates: [] }),
  async run(ctx, [host = '']) {
    const registry = await repoEnvironment(ctx).registry()
    registry.logout(host)
  },
})
