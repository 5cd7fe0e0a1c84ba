import { defineCommand, minArgs } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'
import { loginEnvironment } from '../../repositories.ts'

/** `registry login` */
export const registryLogin = defineCommand({
  path: 'registry login',
  usage: '[host]',
  description: `Logs in to an OCI registry and keeps the login, beside those of Docker, for later commands.

Without --password the password is asked for; --password-stdin reads it.`,
  examples: 'cat token | $0 registry login registry.example.com -u ci --password-stdin',
  args: minArgs(1),
  flags: {
    caFile: stringFlag('trust servers whose certificates this CA bundle vouches for'),
    certFile: stringFlag('certificate to identify with over HTTPS'),
    insecure: boolFlag('accept any certificate of the registry'),
    keyFile: stringFlag('key of the certificate to identify with over HTTPS'),
    password: stringFlag('password or identity token', '', { short: 'p' }),
    passwordStdin: boolFlag('read the password from standard input'),
    plainHttp: boolFlag('use plain HTTP'),
    username: stringFlag('user', '', { short: 'u' }),
  },
  complete: () => ({ candidates: [] }),
  async run(ctx, [host = ''], flags) {
    const credential = await askCredential(ctx, flags)
    const { caFile, certFile, keyFile, plainHttp } = flags
    const connection = { caFile, certFile, keyFile, plainHttp, insecureSkipTlsVerify: flags.insecure }
    const registry = await loginEnvironment(ctx, connection).registry()
    await registry.login(host, credential)
  },
})

interface LoginFlags {
  readonly username: string
  readonly password: string
  readonly passwordStdin: boolean
}

/** User and password from flags, standard input or questions. As Helm 4 `getUsernamePassword`. */
async function askCredential(ctx: CliContext, flags: LoginFlags): Promise<{ username: string; password: string }> {
  let { username, password } = flags
  if (flags.passwordStdin) {
    const text = Buffer.from(await ctx.io.stdin.readAll()).toString('utf8')
    return { username, password: text.replace(/\n$/, '').replace(/\r$/, '') }
  }
  if (password !== '') {
    ctx.warn('using --password via the CLI is insecure. Use --password-stdin')
    return { username, password }
  }
  if (username === '') {
    ctx.print('Username: ')
    const line = await ctx.io.stdin.readLine()
    if (line === undefined) throw commandFailed('EOF')
    username = line.trim()
  }
  ctx.print(username === '' ? 'Token: ' : 'Password: ')
  if (!ctx.io.stdin.isTTY) {
    throw commandFailed('inappropriate ioctl for device')
  }
  password = (await ctx.io.stdin.readLine({ secret: true })) ?? ''
  ctx.print('\n')
  if (password === '') throw commandFailed(`${username === '' ? 'token' : 'password'} required`)
  return { username, password }
}
