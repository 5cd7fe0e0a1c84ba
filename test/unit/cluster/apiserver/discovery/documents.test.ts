import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../../../../src/kube/transport.ts'
import { testServer } from '../harness.ts'

const text = async (
  server: Awaited<ReturnType<typeof testServer>>,
  path: string,
  more: Partial<ApiRequest> = {},
): Promise<string> => {
  const { body } = await server.call('GET', path, undefined, more)
  return typeof body === 'string' ? body : JSON.stringify(body)
}

describe('documents that are no resources', () => {
  test('the root lists discovery of tokens and single health checks', async () => {
    const server = await testServer()
    const { paths } = JSON.parse(await text(server, '/')) as { readonly paths: readonly string[] }
    expect(paths).toEqual(
      expect.arrayContaining(['/.well-known/openid-configuration', '/apis/', '/healthz/ping', '/openid/v1/jwks']),
    )
  })

  test('the published key verifies the tokens of service accounts', async () => {
    const server = await testServer()
    const configuration = JSON.parse(
      await text(server, '/.well-known/openid-configuration', { headers: { host: 'cluster.test:6443' } }),
    ) as Record<string, unknown>
    expect(configuration).toMatchObject({
      issuer: 'https://kubernetes.default.svc',
      jwks_uri: 'https://cluster.test:6443/openid/v1/jwks',
      id_token_signing_alg_values_supported: ['ES256'],
    })
    const { keys } = JSON.parse(await text(server, '/openid/v1/jwks')) as {
      readonly keys: readonly [Readonly<Record<string, string>>]
    }
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a', namespace: 'default' } }
    await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', account)
    const answer = await server.call('POST', '/api/v1/namespaces/default/serviceaccounts/a/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    })
    const { token } = (answer.body as { readonly status: { readonly token: string } }).status
    const [head = '', claims = '', signature = ''] = token.split('.')
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'ES256', kid: keys[0].kid })
    const key = createPublicKey({ key: keys[0], format: 'jwk' })
    const signed = Buffer.from(`${head}.${claims}`)
    expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true)
  })

  test('only service accounts and administrators read the key', async () => {
    const server = await testServer()
    expect((await server.as('alice')('GET', '/openid/v1/jwks')).status).toBe(403)
    expect((await server.as('robot', ['system:serviceaccounts'])('GET', '/openid/v1/jwks')).status).toBe(200)
  })

  test('health checks can be excluded by name', async () => {
    const server = await testServer()
    const body = await text(server, '/livez', { query: { verbose: '', exclude: ['log', 'nope'] } })
    expect(body).toContain('[+]log excluded: ok\n')
    expect(body).toContain('warn: some health checks cannot be excluded: no matches for "nope"\n')
  })
})

describe('encodings of a watch', () => {
  test.each(['application/yaml', 'application/yaml, application/json'])('%s has no frames', async (accept) => {
    const server = await testServer()
    const { status, body } = await server.call('GET', '/api/v1/configmaps', undefined, {
      headers: { accept },
      query: { watch: '1' },
    })
    expect(status).toBe(406)
    expect(String(typeof body === 'string' ? body : JSON.stringify(body))).toContain('application/json;stream=watch')
  })
})
