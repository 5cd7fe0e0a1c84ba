import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** Where distributions keep the authorities they trust, the first that exists, as Go looks for them. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * The authorities the system trusts, as PEM: SSL_CERT_FILE and SSL_CERT_DIR, else (on Linux) the distribution's bundle.
 * Undefined where there is none; then Node's own list counts. As Go's crypto/x509 on Linux.
 */
export function systemAuthorities(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (process.platform !== 'linux') return undefined
  const { SSL_CERT_FILE: file = '', SSL_CERT_DIR: folders = '' } = env
  const texts = (file === '' ? bundles : [file])
    .map(textOf)
    .filter((text) => text !== '')
    .slice(0, 1)
  for (const folder of folders === '' ? [] : folders.split(':')) {
    for (const name of namesIn(folder)) texts.push(textOf(join(folder, name)))
  }
  return texts.length === 0 && file === '' && folders === '' ? undefined : texts.join('\n')
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
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
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) {
    const found = / PRIVATE KEY-----/.test(cert)
      ? 'failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
      : `failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${blockTypes(cert)}]`
    throw unusable(`unable to load cert from key pair: tls: ${found}`)
  }
  if (!/-----BEGIN [^-]+-----/.test(key)) throw noPem('key')
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(key)) {
    const found = key.includes('-----BEGIN CERTIFICATE-----')
      ? 'found a certificate rather than a key in the PEM for the private key'
      : `failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${blockTypes(key)}]`
    throw unusable(`unable to load cert from key pair: tls: ${found}`)
  }
  if (!belongTogether(cert, key)) {
    throw unusable('unable to load cert from key pair: tls: private key does not match public key')
  }
}

function blockTypes(pem: string): string {
  return Array.from(pem.matchAll(/-----BEGIN ([^-]+)-----/g), ([, type]) => type).join(' ')
}

/** Whether a key is that of a certificate; what cannot be read is left to the handshake to complain of. */
function belongTogether(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return true
  }
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
