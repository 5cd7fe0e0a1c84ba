import { readFileSync } from 'node:fs'
import type { Connection } from '../config/model.ts'
import { goFileError, KubeClientError } from '../errors.ts'

/** Options of node:tls for a connection. */
export interface TlsOptions {
  readonly ca?: readonly string[]
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  readonly rejectUnauthorized: boolean
}

const PEM_BLOCK = /-----BEGIN [A-Z0-9 ]+-----/

/** Reads certificates from data or files. Inline data wins over a file, as in client-go. */
export function tlsOptions(connection: Connection): TlsOptions {
  const { cluster, user } = connection
  const ca = pem(cluster['certificate-authority-data'], cluster['certificate-authority'], 'certificate-authority')
  const cert = pem(user['client-certificate-data'], user['client-certificate'], 'client-cert')
  const key = pem(user['client-key-data'], user['client-key'], 'client-key')
  const insecure = cluster['insecure-skip-tls-verify'] === true
  if (insecure && ca !== undefined) {
    throw new KubeClientError('KUBECONFIG', 'specifying a root certificates file with the insecure flag is not allowed')
  }
  if (ca !== undefined && !PEM_BLOCK.test(ca)) {
    const text = 'unable to load root certificates: unable to parse bytes as PEM block'
    throw new KubeClientError('KUBECONFIG', text)
  }
  for (const [what, value] of [
    ['certificate', cert],
    ['key', key],
  ] as const) {
    if (value === undefined || PEM_BLOCK.test(value)) continue
    throw new KubeClientError('KUBECONFIG', `tls: failed to find any PEM data in ${what} input`)
  }
  const serverName = cluster['tls-server-name']
  return {
    ...(ca === undefined ? {} : { ca: [ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined || serverName === '' ? {} : { servername: serverName }),
    rejectUnauthorized: !insecure,
  }
}

function pem(data: string | undefined, file: string | undefined, what: string): string | undefined {
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64').toString('utf8')
  if (file === undefined || file === '') return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // A folder is opened well, but not read.
    const text =
      code === 'EISDIR'
        ? `read ${file}: is a directory`
        : `unable to read ${what} ${file} due to open ${file}: ${goFileError(code)}`
    throw new KubeClientError('KUBECONFIG', text, { file }, error)
  }
}
