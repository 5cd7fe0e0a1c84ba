import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/index.ts'
import { manualClock } from '../../../src/base/index.ts'
import { signedStatus } from '../../../src/cluster/certificate-signer.ts'
import { derBits, derOid, derSequence } from '../../../src/encoding/index.ts'
import { certificateRequest, requestOf } from '../../support/certificate-request.ts'
import { createPki } from '../../../src/cluster/pki.ts'

const NOW = Date.parse('2026-11-21T10:00:00Z')
const pki = createPki(NOW)
const clock = manualClock(NOW)

const csr = (pem: string, spec: object, conditions: object[] = [{ type: 'Approved', status: 'True' }]): KubeObject =>
  ({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'c' },
    spec: { request: Buffer.from(pem).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client', ...spec },
    status: { conditions },
  }) as unknown as KubeObject

test('approved requests of clients are signed by the cluster', () => {
  const pem = certificateRequest('jane', 'devs')
  const request = csr(pem, { usages: ['client auth', 'digital signature'], expirationSeconds: 3600 })
  const status = signedStatus(request, pki.ca, clock)
  const certificate = new X509Certificate(Buffer.from(String(status?.certificate), 'base64'))
  expect(certificate.subject).toBe('O=devs\nCN=jane')
  expect(certificate.verify(new X509Certificate(pki.ca.cert).publicKey)).toBe(true)
  expect(certificate.checkIssued(new X509Certificate(pki.ca.cert))).toBe(true)
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(3_600_000)
})

test('the subject has the attributes that Go knows, in its order', () => {
  const pem = requestOf([
    ['2.5.4.3', 'first'],
    ['2.5.4.3', 'jane'],
    ['2.5.4.10', 'ops'],
    ['2.5.4.99', 'unknown'],
    ['2.5.4.10', 'devs'],
    ['2.5.4.6', 'DE'],
  ])
  const status = signedStatus(csr(pem, { usages: ['client auth'] }), pki.ca, clock)
  const certificate = new X509Certificate(Buffer.from(String(status?.certificate), 'base64'))
  expect(certificate.subject).toBe('C=DE\nO=ops + O=devs\nCN=jane')
})

test('others wait, are left alone or fail', () => {
  const pem = certificateRequest('jane', 'devs')
  const usages = ['client auth']
  expect(signedStatus(csr(pem, { usages }, []), pki.ca, clock)).toBeUndefined()
  expect(signedStatus(csr(pem, { usages, signerName: 'example.com/mine' }), pki.ca, clock)).toBeUndefined()
  expect(signedStatus(csr(pem, { usages: ['server auth'] }), pki.ca, clock)).toMatchObject({
    conditions: [
      { type: 'Approved' },
      {
        type: 'Failed',
        reason: 'SignerValidationFailure',
        message: 'invalid usage for client certificate: server auth',
      },
    ],
  })
  const kubelet = { usages, signerName: 'kubernetes.io/kube-apiserver-client-kubelet' }
  expect(signedStatus(csr(pem, kubelet), pki.ca, clock)).toMatchObject({
    conditions: [{}, { message: 'subject organization is not system:nodes' }],
  })
})

test('a request whose key cannot be read fails', () => {
  const garbage = derSequence(derSequence(derOid('1.2.3')), derBits(Buffer.from('no key')))
  const status = signedStatus(
    csr(certificateRequest('jane', 'devs', garbage), { usages: ['client auth'] }),
    pki.ca,
    clock,
  )
  expect(status).toMatchObject({ conditions: [{ type: 'Approved' }, { type: 'Failed' }] })
})
