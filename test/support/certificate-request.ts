import { generateKeyPairSync, sign } from 'node:crypto'
import { derBits, derContext, derInteger, derOid, derSequence, derSet, derUtf8 } from '../../src/encoding/index.ts'

/** A request for a certificate (PKCS #10, in PEM) for a subject, signed with a new key, which `key` may stand in for. */
export function certificateRequest(commonName: string, organization: string, key?: Buffer): string {
  const attributes = [
    ['2.5.4.10', organization],
    ['2.5.4.3', commonName],
  ] as const
  return requestOf(attributes, key)
}

/** A request whose subject has these attributes, each an object identifier and a value, in this order. */
export function requestOf(attributes: readonly (readonly [string, string])[], key?: Buffer): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const part = (id: string, value: string): Buffer => derSet(derSequence(derOid(id), derUtf8(value)))
  const info = derSequence(
    derInteger(Buffer.from([0])),
    derSequence(...attributes.map(([id, value]) => part(id, value))),
    key ?? publicKey.export({ type: 'spki', format: 'der' }),
    derContext(0, Buffer.alloc(0), true),
  )
  const algorithm = derSequence(derOid('1.2.840.10045.4.3.2'))
  const whole = derSequence(info, algorithm, derBits(sign('sha256', info, privateKey)))
  return `-----BEGIN CERTIFICATE REQUEST-----\n${whole.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
}
