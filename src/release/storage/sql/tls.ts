import { existsSync, readFileSync, statSync } from 'node:fs'
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import { releaseError } from '../../errors.ts'
import type { SqlHost, SqlSettings } from './settings.ts'

/**
 * How a connection is encrypted in an SSL mode; false: not at all. Certificates come from the settings, else from
 * `.postgresql` in the home folder. As libpq and lib/pq: `require` and `prefer` check nothing unless there are roots, and
 * then, as `verify-ca`, not the name.
 */
export function tlsOptions(
  settings: SqlSettings,
  host: SqlHost,
  options: { readonly mode: string; readonly home: string },
): ConnectionOptions | false {
  const { mode, home } = options
  if (mode === 'disable' || mode === 'allow') return false
  const folder = home === '' ? '' : `${home}/.postgresql`
  const roots = rootsOf(settings, folder, mode)
  const versions = {
    ...(settings.sslMinVersion === '' ? {} : { minVersion: nodeVersion(settings.sslMinVersion) }),
    ...(settings.sslMaxVersion === '' ? {} : { maxVersion: nodeVersion(settings.sslMaxVersion) }),
  }
  const verifies = mode.startsWith('verify') || roots !== undefined
  return {
    ...versions,
    ...clientCertificate(settings, folder),
    ...(roots === undefined ? {} : { ca: roots }),
    host: host.host,
    rejectUnauthorized: verifies,
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  }
}

/** Node calls the oldest version by another name. */
function nodeVersion(version: string): SecureVersion {
  return (version === 'TLSv1.0' ? 'TLSv1' : version) as SecureVersion
}

/** The certificates to trust; undefined: those of the system. */
function rootsOf(settings: SqlSettings, folder: string, mode: string): string | undefined {
  const { sslInline, sslRootCert } = settings
  if (sslRootCert === 'system') return undefined
  if (sslInline) return sslRootCert === '' ? undefined : sslRootCert
  const fallback = `${folder}/root.crt`
  const path = sslRootCert === '' && folder !== '' && existsSync(fallback) ? fallback : sslRootCert
  if (path === '' || (!mode.startsWith('verify') && !existsSync(path))) return undefined
  const text = readText(path)
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw releaseError('STORAGE', "pq: couldn't parse pem from sslrootcert")
  }
  return text
}

function clientCertificate(settings: SqlSettings, folder: string): { cert?: string; key?: string } {
  const { sslInline, sslCert, sslKey } = settings
  if (sslInline) return { cert: sslCert, key: sslKey }
  const certPath = sslCert === '' && folder !== '' ? `${folder}/postgresql.crt` : sslCert
  if (certPath === '' || !existsSync(certPath)) return {}
  const keyPath = sslKey === '' && folder !== '' ? `${folder}/postgresql.key` : sslKey
  const { mode, uid } = stats(keyPath)
  if ((mode & 0o777 & ~(uid === 0 ? 0o640 : 0o600)) !== 0) {
    const why = 'permissions should be u=rw,g=r (0640) if owned by root, or u=rw (0600), or less'
    throw releaseError('STORAGE', `pq: private key has world access; ${why}`)
  }
  return { cert: readText(certPath), key: readText(keyPath) }
}

function stats(path: string): { mode: number; uid: number } {
  try {
    return statSync(path)
  } catch (error) {
    throw releaseError('STORAGE', `stat ${path}: no such file or directory`, error)
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw releaseError('STORAGE', `open ${path}: no such file or directory`, error)
  }
}
