import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadTls } from '../../../src/net/index.ts'
import { systemAuthorities } from '../../../src/net/tls.ts'

const folder = mkdtempSync(join(tmpdir(), 'chartctl-tls-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function pair(name: string): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`]
  execFileSync('openssl', [...request, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' })
  return { certFile, keyFile }
}

test('a certificate and a key must belong together, and be what they are given as', () => {
  const [one, other] = [pair('one'), pair('other')]
  const complaint = "can't create TLS config for client: unable to load cert from key pair: tls: "
  expect(loadTls(one)?.cert).toBe(readFileSync(one.certFile, 'utf8'))
  expect(() => loadTls({ ...one, keyFile: other.keyFile })).toThrow(`${complaint}private key does not match public key`)
  expect(() => loadTls({ ...one, certFile: one.keyFile })).toThrow(
    `${complaint}failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched`,
  )
  expect(() => loadTls({ ...one, keyFile: one.certFile })).toThrow(
    `${complaint}found a certificate rather than a key in the PEM for the private key`,
  )
})

test.runIf(process.platform === 'linux')('SSL_CERT_FILE and SSL_CERT_DIR say whom to trust', () => {
  const file = join(folder, 'authorities')
  writeFileSync(file, 'some authorities')
  expect(systemAuthorities({ SSL_CERT_FILE: file })).toBe('some authorities')
  expect(systemAuthorities({ SSL_CERT_FILE: join(folder, 'absent') })).toBe('')
})
