import { spawn, type StdioOptions } from 'node:child_process'
import { isAbsolute, join } from 'node:path'
import type { Connection, ExecEntry } from '../config/model.ts'
import { typeMetaComplaint } from '../config/type-meta.ts'
import { KubeClientError } from '../errors.ts'
import { readYaml } from '../yaml.ts'

/** Runs a credential plugin and gives what it wrote to stdout; `interactive` hands our standard input to it. */
export type ExecRunner = (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  interactive: boolean,
) => Promise<string>

/** What plugins take from outside. */
export interface ExecHost {
  readonly runExec: ExecRunner
  /** Whether standard input is a terminal, so that a plugin may ask its user. */
  readonly stdinIsTerminal?: boolean | undefined
}

/** What a plugin answered. */
export interface ExecResult {
  readonly token: string | undefined
  readonly certificate: { readonly cert: string; readonly key: string } | undefined
  /** Unix milliseconds; Infinity when the plugin named no end. */
  readonly expiresMs: number
}

/** Largest answer that is read from a plugin. */
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024

/** Starts plugins as child processes; what they write to stderr goes to `talk`, so that a plugin can reach its user. */
export function processRunner(
  baseEnv: Readonly<Record<string, string | undefined>>,
  talk: (chunk: Uint8Array) => void,
): ExecRunner {
  return (command, args, env, interactive) =>
    new Promise((resolve, reject) => {
      const stdio: StdioOptions = [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe']
      const child = spawn(command, [...args], { env: { ...baseEnv, ...env }, stdio })
      const parts: Buffer[] = []
      let size = 0
      child.stdout?.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > OUTPUT_LIMIT_BYTES) child.kill()
        else parts.push(chunk)
      })
      child.stderr?.on('data', (chunk: Buffer) => talk(chunk))
      child.once('error', reject)
      child.once('close', (code, signal) => {
        if (code === 0) resolve(Buffer.concat(parts).toString('utf8'))
        else reject(Object.assign(new Error(`ended by ${signal}`), code === null ? {} : { code }))
      })
    })
}

/** Throws when the API version of a plugin is none that we speak. */
export function checkExecVersion({ apiVersion = '' }: ExecEntry): void {
  if (/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(apiVersion)) return
  throw new KubeClientError('CREDENTIALS', `exec plugin: invalid apiVersion "${apiVersion}"`)
}

/** Runs the user's exec plugin as client-go does, and checks its answer. */
export async function runExecPlugin(connection: Connection, host: ExecHost): Promise<ExecResult> {
  const exec = connection.user.exec
  if (exec === undefined) return { token: undefined, certificate: undefined, expiresMs: Number.POSITIVE_INFINITY }
  const { apiVersion = '' } = exec
  const env: Record<string, string> = {}
  for (const { name, value } of exec.env ?? []) env[name] = value
  const { stdinIsTerminal = false } = host
  if (exec.interactiveMode === 'Always' && !stdinIsTerminal) {
    const text = 'exec plugin cannot support interactive mode: standard input is not a terminal'
    throw new KubeClientError('CREDENTIALS', `getting credentials: ${text}`)
  }
  const interactive = exec.interactiveMode !== 'Never' && stdinIsTerminal
  env.KUBERNETES_EXEC_INFO = JSON.stringify(execInfo(connection, exec, interactive))
  let stdout: string
  try {
    stdout = await host.runExec(commandOf(exec), exec.args ?? [], env, interactive)
  } catch (error) {
    throw pluginFailure(exec, error)
  }
  return readAnswer(stdout, apiVersion)
}

function commandOf(exec: ExecEntry): string {
  const relative = !isAbsolute(exec.command) && /[\\/]/.test(exec.command)
  return relative && exec.folder !== undefined ? join(exec.folder, exec.command) : exec.command
}

function execInfo(connection: Connection, exec: ExecEntry, interactive: boolean): unknown {
  const spec: Record<string, unknown> = { interactive }
  if (exec.provideClusterInfo === true) {
    const { cluster } = connection
    spec.cluster = {
      server: connection.server,
      ...(cluster['tls-server-name'] === undefined ? {} : { 'tls-server-name': cluster['tls-server-name'] }),
      ...(cluster['insecure-skip-tls-verify'] === true ? { 'insecure-skip-tls-verify': true } : {}),
      ...(cluster['certificate-authority-data'] === undefined
        ? {}
        : { 'certificate-authority-data': cluster['certificate-authority-data'] }),
    }
  }
  return { kind: 'ExecCredential', apiVersion: exec.apiVersion, spec }
}

/** What client-go adds when the plugin's program does not exist. */
const MISSING_PLUGIN_HINT = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`

function pluginFailure(exec: ExecEntry, error: unknown): KubeClientError {
  const failure = error as NodeJS.ErrnoException & { code?: string | number }
  const own = exec.installHint === undefined || exec.installHint === '' ? '' : `\n\n${exec.installHint}`
  const hint = `${MISSING_PLUGIN_HINT}${own}`
  if (failure.code === 'ENOENT') {
    return new KubeClientError(
      'CREDENTIALS',
      `getting credentials: exec: executable ${exec.command} not found${hint}`,
      { command: exec.command },
      error,
    )
  }
  const how = typeof failure.code === 'number' ? `failed with exit code ${failure.code}` : `failed: ${failure.message}`
  return new KubeClientError(
    'CREDENTIALS',
    `getting credentials: exec: executable ${exec.command} ${how}`,
    { command: exec.command },
    error,
  )
}

function readAnswer(stdout: string, apiVersion: string): ExecResult {
  const complaint = typeMetaComplaint(stdout)
  if (complaint !== undefined) {
    throw new KubeClientError('CREDENTIALS', `getting credentials: decoding stdout: ${complaint}`)
  }
  const answer = readYaml(stdout) as { apiVersion?: string; status?: Record<string, string> }
  if (answer.apiVersion !== apiVersion) {
    const got = answer.apiVersion ?? 'client.authentication.k8s.io/__internal'
    throw new KubeClientError(
      'CREDENTIALS',
      `getting credentials: exec plugin is configured to use API version ${apiVersion}, plugin returned version ${got}`,
    )
  }
  const { status } = answer
  if (status === undefined || status === null) {
    throw new KubeClientError('CREDENTIALS', "getting credentials: exec plugin didn't return a status field")
  }
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status
  if (token === undefined && cert === undefined && key === undefined) {
    throw new KubeClientError('CREDENTIALS', "getting credentials: exec plugin didn't return a token or cert/key pair")
  }
  if ((cert === undefined) !== (key === undefined)) {
    const text = 'getting credentials: exec plugin returned only certificate or key, not both'
    throw new KubeClientError('CREDENTIALS', text)
  }
  return {
    token,
    certificate: cert === undefined || key === undefined ? undefined : { cert, key },
    expiresMs: expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp),
  }
}
