import { execFile } from 'node:child_process'
import { isAbsolute, join } from 'node:path'
import type { Connection, ExecEntry } from '../config/model.ts'
import { KubeClientError } from '../errors.ts'

/** Runs a credential plugin and gives what it wrote to stdout. */
export type ExecRunner = (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<string>

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
  return (command, args, env) =>
    new Promise((resolve, reject) => {
      const options = { env: { ...baseEnv, ...env }, maxBuffer: OUTPUT_LIMIT_BYTES, encoding: 'utf8' as const }
      const child = execFile(command, [...args], options, (error, stdout) => {
        if (error === null) resolve(stdout)
        else reject(error)
      })
      child.stderr?.on('data', (chunk: Uint8Array | string) => talk(Buffer.from(chunk)))
    })
}

/** Runs the user's exec plugin as client-go does, and checks its answer. */
export async function runExecPlugin(connection: Connection, runner: ExecRunner): Promise<ExecResult> {
  const exec = connection.user.exec
  if (exec === undefined) return { token: undefined, certificate: undefined, expiresMs: Number.POSITIVE_INFINITY }
  const apiVersion = exec.apiVersion ?? ''
  if (!/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(apiVersion)) {
    throw new KubeClientError('CREDENTIALS', `exec plugin: invalid apiVersion "${apiVersion}"`)
  }
  const env: Record<string, string> = {}
  for (const { name, value } of exec.env ?? []) env[name] = value
  env.KUBERNETES_EXEC_INFO = JSON.stringify(execInfo(connection, exec))
  let stdout: string
  try {
    stdout = await runner(commandOf(exec), exec.args ?? [], env)
  } catch (error) {
    throw pluginFailure(exec, error)
  }
  return readAnswer(stdout, apiVersion)
}

function commandOf(exec: ExecEntry): string {
  const relative = !isAbsolute(exec.command) && /[\\/]/.test(exec.command)
  return relative && exec.folder !== undefined ? join(exec.folder, exec.command) : exec.command
}

function execInfo(connection: Connection, exec: ExecEntry): unknown {
  const spec: Record<string, unknown> = { interactive: false }
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

function pluginFailure(exec: ExecEntry, error: unknown): KubeClientError {
  const failure = error as NodeJS.ErrnoException & { code?: string | number }
  const hint = exec.installHint === undefined || exec.installHint === '' ? '' : `\n\n${exec.installHint}`
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
    `getting credentials: exec: executable ${exec.command} ${how}${hint}`,
    { command: exec.command },
    error,
  )
}

function readAnswer(stdout: string, apiVersion: string): ExecResult {
  let answer: { apiVersion?: string; kind?: string; status?: Record<string, string> }
  try {
    answer = JSON.parse(stdout) as typeof answer
  } catch (error) {
    throw new KubeClientError(
      'CREDENTIALS',
      'getting credentials: decoding stdout: the plugin did not print JSON',
      {},
      error,
    )
  }
  if (answer.apiVersion !== apiVersion) {
    const got = answer.apiVersion ?? ''
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
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw new KubeClientError('CREDENTIALS', "getting credentials: exec plugin didn't return a token or cert/key pair")
  }
  return {
    token,
    certificate: cert === undefined || key === undefined ? undefined : { cert, key },
    expiresMs: expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp),
  }
}
