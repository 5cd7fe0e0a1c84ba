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

/** Reads the files of the options; undefined when nothing differs from the defaults. As Helm's `internal/tlsutil`. */
export function loadTls(options: TlsOptions = {}): TlsMaterial | undefined {
  const { caFile = '', certFile = '', keyFile = '', insecureSkipVerify = false } = options
  const hasPair = certFile !== '' && keyFile !== ''
  if (!hasPair && caFile === '' && !insecureSkipVerify) return undefined
  return {
    ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
    ...(hasPair ? { cert: read(certFile, 'cert', certFile), key: read(keyFile, 'key', keyFile) } : {}),
    ...(caFile === '' ? {} : { ca: read(caFile, 'CA', caFile) }),
  }
}

function read(file: string, what: 'cert' | 'key' | 'CA', shown: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : String(error)
    const subject =
      what === 'CA' ? `can't read CA file: ${JSON.stringify(shown)}` : `unable to load ${what} file ${shown}`
    throw new NetError(
      'TLS_FILE',
      `can't create TLS config for client: ${subject}: open ${file}: ${reason}`,
      { file },
      error,
    )
  }
}
