import { readFileSync } from 'node:fs'
import { NetError } from './errors.ts'

/** Files and switches of a TLS connection. Empty texts count as absent. */
export interface TlsOptions {
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
  readonly insecureSkipVerify?: boolean
}

/** What Node's https wants. */
export interface TlsMaterial {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly rejectUnauthorized?: boolean
}

/**
 * Reads the files of the options; undefined when nothing differs from the defaults. Throws a NetError that names every file that
 * cannot be used. As Helm's `internal/tlsutil`.
 */
export function loadTls(options: TlsOptions = {}): TlsMaterial | undefined {
  const { caFile = '', certFile = '', keyFile = '', insecureSkipVerify = false } = options
  const hasPair = certFile !== '' && keyFile !== ''
  if (!hasPair && caFile === '' && !insecureSkipVerify) return undefined
  const problems: string[] = []
  const pair = certFile === '' && keyFile === '' ? undefined : readPair(certFile, keyFile, problems)
  const ca = caFile === '' ? undefined : read(caFile, "can't read CA file", problems)
  if (problems.length > 0) throw unusable(problems.join('\n'))
  if (pair !== undefined && pair.cert !== '' && pair.key !== '') checkPair(pair)
  if (ca !== undefined && ca !== '' && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw unusable('failed to append certificates from pem block')
  }
  return {
    ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
    ...(pair ?? {}),
    ...(ca === undefined ? {} : { ca }),
  }
}

interface Pair {
  readonly cert: string
  readonly key: string
}

function readPair(certFile: string, keyFile: string, problems: string[]): Pair | undefined {
  const cert = read(certFile, 'unable to read cert file', problems)
  if (cert === undefined) return undefined
  const key = read(keyFile, 'unable to read key file', problems)
  return key === undefined ? undefined : { cert, key }
}

function checkPair({ cert, key }: Pair): void {
  const noPem = (what: string): NetError =>
    unusable(`unable to load cert from key pair: tls: failed to find any PEM data in ${what} input`)
  if (!/-----BEGIN [^-]+-----/.test(cert)) throw noPem('certificate')
  if (!/-----BEGIN [^-]+-----/.test(key)) throw noPem('key')
}

function unusable(reason: string, cause?: unknown): NetError {
  return new NetError('TLS_FILE', `can't create TLS config for client: ${reason}`, {}, cause)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
}

function read(file: string, complaint: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const verb = code === 'EISDIR' ? 'read' : 'open'
    problems.push(`${complaint}: ${JSON.stringify(file)}: ${verb} ${file}: ${reasons[code] ?? String(error)}`)
    return undefined
  }
}
