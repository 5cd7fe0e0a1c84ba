import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type KubeObject, mapAt, stringAt } from '../../../api/index.ts'

const BLOCK = /-----BEGIN ([^-\n]+)-----\r?\n[\s\S]*?-----END \1-----/g

/** What is wrong with the certificate and key of a TLS secret, in the words of Go's `tls.X509KeyPair`. */
export function secretWarnings(secret: KubeObject): string[] {
  if (stringAt(secret, 'type') !== 'kubernetes.io/tls') return []
  const data = mapAt(secret, 'data')
  const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString('latin1')
  const problem = pairProblem(text('tls.crt'), text('tls.key'))
  return problem === undefined ? [] : [problem]
}

interface Block {
  readonly type: string
  readonly text: string
}

function blocksOf(pem: string): Block[] {
  return [...pem.matchAll(BLOCK)].map(([text, type = '']) => ({ type, text }))
}

const typesOf = (blocks: readonly Block[]): string => `[${blocks.map(({ type }) => type).join(' ')}]`

function pairProblem(certificatePem: string, keyPem: string): string | undefined {
  const blocks = blocksOf(certificatePem)
  const certificate = blocks.find(({ type }) => type === 'CERTIFICATE')
  if (certificate === undefined) {
    if (blocks.length === 0) return 'tls: failed to find any PEM data in certificate input'
    if (blocks.length === 1 && blocks[0]?.type.endsWith('PRIVATE KEY')) {
      return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
    }
    return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${typesOf(blocks)}`
  }
  const keys = blocksOf(keyPem)
  const key = keys.find(({ type }) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'))
  if (key === undefined) {
    if (keys.length === 0) return 'tls: failed to find any PEM data in key input'
    if (keys.length === 1 && keys[0]?.type === 'CERTIFICATE') {
      return 'tls: found a certificate rather than a key in the PEM for the private key'
    }
    return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${typesOf(keys)}`
  }
  return matchProblem(certificate.text, key.text)
}

function matchProblem(certificateText: string, keyText: string): string | undefined {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(certificateText)
  } catch {
    return 'x509: malformed certificate'
  }
  try {
    const key = createPrivateKey(keyText)
    if (certificate.checkPrivateKey(key)) return undefined
    return certificate.publicKey.asymmetricKeyType === key.asymmetricKeyType
      ? 'tls: private key does not match public key'
      : 'tls: private key type does not match public key type'
  } catch {
    return 'tls: failed to parse private key'
  }
}
