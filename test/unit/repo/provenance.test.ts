import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signProvenance } from '../../../src/repo/provenance/sign.ts'
import { verifyProvenance } from '../../../src/repo/provenance/verify.ts'
import { writeMpi, writePacket } from '../../../src/repo/provenance/packets.ts'

/** A keyring with one RSA key: its public part, or with the secret numbers. */
function keyring(): { readonly publicRing: Uint8Array; readonly secretRing: Uint8Array } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = privateKey.export({ format: 'jwk' })
  const number = (text: string | undefined): Uint8Array => writeMpi(Buffer.from(text ?? '', 'base64url'))
  const body = Buffer.concat([Buffer.from([4, 0, 0, 0, 1, 1]), number(jwk.n), number(jwk.e)])
  const secret = Buffer.concat([body, Buffer.from([0]), number(jwk.d), number(jwk.p), number(jwk.q), number(jwk.qi)])
  const user = writePacket(13, Buffer.from('Test Signer <t@example.com>'))
  return {
    publicRing: Buffer.concat([writePacket(6, body), user]),
    secretRing: Buffer.concat([writePacket(5, secret), user]),
  }
}

describe('provenance', () => {
  const { publicRing, secretRing } = keyring()
  const archive = Buffer.from('an archive')
  const request = {
    keyring: secretRing,
    key: 'Test Signer',
    passphrase: async () => '',
    nowMs: 1_700_000_000_000,
    fileName: 'a-1.0.0.tgz',
    archive,
    metadata: () => 'apiVersion: v2\nname: a\nversion: 1.0.0\n',
  }

  test('what was signed is verified', async () => {
    const text = await signProvenance(request)
    const found = verifyProvenance({
      archive,
      provenance: Buffer.from(text),
      fileName: 'a-1.0.0.tgz',
      keyring: publicRing,
    })
    expect(found.signers).toEqual(['Test Signer <t@example.com>'])
    expect(found.fileHash).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  test('a changed archive, text or key is noticed', async () => {
    const text = await signProvenance(request)
    const check = (changed: Partial<Parameters<typeof verifyProvenance>[0]>) => () =>
      verifyProvenance({
        archive,
        provenance: Buffer.from(text),
        fileName: 'a-1.0.0.tgz',
        keyring: publicRing,
        ...changed,
      })
    expect(check({ archive: Buffer.from('other') })).toThrow('sha256 sum does not match for a-1.0.0.tgz')
    expect(check({ provenance: Buffer.from(text.replace('name: a', 'name: b')) })).toThrow(
      'openpgp: invalid signature: RSA verification failure',
    )
    expect(check({ keyring: keyring().publicRing })).toThrow('openpgp: signature made by unknown entity')
    expect(check({ fileName: 'b.tgz' })).toThrow('provenance does not contain a SHA for a file named "b.tgz"')
    expect(check({ provenance: Buffer.from('nonsense') })).toThrow('signature block not found')
  })

  test('a passphrase file is opened even for a key without one, once the key is found', async () => {
    const opened: string[] = []
    const preparePassphrase = async (): Promise<void> => void opened.push('file')
    await signProvenance({ ...request, preparePassphrase })
    expect(opened).toEqual(['file'])
    const broken = { ...request, keyring: Buffer.from('hello'), preparePassphrase }
    await expect(signProvenance(broken)).rejects.toThrow('openpgp: invalid data: tag byte does not have MSB set')
    expect(opened).toEqual(['file'])
  })

  test('signing needs a private key', async () => {
    await expect(signProvenance({ ...request, keyring: publicRing })).rejects.toThrow(
      'provided key is not a private key',
    )
    await expect(signProvenance({ ...request, key: 'Nobody' })).rejects.toThrow('private key not found')
  })
})
