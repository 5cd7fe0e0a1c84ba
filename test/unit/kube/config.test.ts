import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig, nothingConfigured, parseConfig, podNamespace, resolveConnection } from '../../../src/kube/index.ts'

const one = `
apiVersion: v1
kind: Config
current-context: a
clusters: [{name: c, cluster: {server: 'https://one:6443', certificate-authority: ca.crt}}]
users: [{name: u, user: {token: t1}}]
contexts: [{name: a, context: {cluster: c, user: u, namespace: team}}]
`
const two = `
current-context: b
clusters: [{name: c, cluster: {server: 'https://two'}}, {name: d, cluster: {server: 'https://d/'}}]
users: [{name: v, user: {as: joe}}]
contexts: [{name: b, context: {cluster: d, user: v}}]
`
const noPod = { env: {} }

function files(): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
  writeFileSync(join(folder, 'ca.crt'), '')
  return [one, two].map((text, index) => {
    const path = join(folder, `${index}.yaml`)
    writeFileSync(path, text)
    return path
  })
}

test('the first file that names an entry wins, missing files are skipped', () => {
  const config = loadConfig({ pathList: ['/nonexistent/x', ...files()].join(':') })
  expect(config.currentContext).toBe('a')
  expect(config.clusters.get('c')?.server).toBe('https://one:6443')
  expect([...config.contexts.keys()].sort()).toEqual(['a', 'b'])
  expect(config.clusters.get('c')?.['certificate-authority']).toMatch(/^\/.*\/ca\.crt$/)
})

test('contexts and flags decide server, user and namespace', () => {
  const config = loadConfig({ pathList: files().join(':') })
  expect(resolveConnection(config, {}, noPod, 'x')).toMatchObject({ server: 'https://one:6443', namespace: 'team' })
  const other = resolveConnection(config, { context: 'b', token: 'flag' }, noPod, 'x')
  expect(other).toMatchObject({ server: 'https://d', namespace: 'default', user: { as: 'joe', token: 'flag' } })
})

test.each([
  [
    'an unknown context',
    () => resolveConnection(parseConfig(one, '/k'), { context: 'nope' }, noPod, 'x'),
    'context "nope" does not exist',
  ],
  ['a missing explicit file', () => loadConfig({ explicitPath: 'missing' }), 'stat missing: no such file or directory'],
])('%s is an error in the words of client-go', (_name, act, text) => {
  expect(act).toThrow(text)
})

test('nothing at all is configured only without files, flags and a pod', () => {
  const empty = loadConfig({})
  expect(nothingConfigured(empty, {}, noPod)).toBe(true)
  expect(nothingConfigured(empty, { server: 'https://x' }, noPod)).toBe(false)
  expect(resolveConnection(empty, {}, noPod, 'x').server).toBe('http://localhost:8080')
})

test('in a pod the service account says where and who, and which namespace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pod-'))
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
  const pod = { env, folder }
  expect(podNamespace(pod)).toBeUndefined()
  writeFileSync(join(folder, 'token'), 't')
  expect(podNamespace(pod)).toBe('default')
  writeFileSync(join(folder, 'namespace'), 'mine\n')
  expect(podNamespace(pod)).toBe('mine')
  expect(podNamespace({ ...pod, env: { ...env, POD_NAMESPACE: 'told' } })).toBe('told')
  expect(resolveConnection(loadConfig({}), {}, pod, 'x')).toMatchObject({
    server: 'https://[fd00::1]:443',
    cluster: { 'certificate-authority': join(folder, 'ca.crt') },
    user: { tokenFile: join(folder, 'token') },
    namespace: 'mine',
  })
  expect(resolveConnection(loadConfig({}), { token: 'flag' }, pod, 'x').user).toEqual({ token: 'flag' })
})

const kubeconfig = (cluster: object, user: object): string =>
  JSON.stringify({
    'current-context': 'x',
    clusters: [{ name: 'c', cluster: { server: 'https://h', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  })

test.each([
  [
    'files that are missing',
    kubeconfig({}, { 'client-certificate': '/nope', 'client-key': '/none' }),
    'invalid configuration: [unable to read client-cert /nope for u due to open /nope: no such file or directory, unable to read client-key /none for u due to open /none: no such file or directory]',
  ],
  [
    'two ways to authenticate',
    kubeconfig({}, { token: 't', username: 'n', password: 'p' }),
    'invalid configuration: more than one authentication method found for u; found [token basicAuth], only one is allowed',
  ],
  [
    'a plugin without its mode',
    kubeconfig({}, { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1' } }),
    'invalid configuration: interactiveMode must be specified for u to use exec authentication plugin',
  ],
  [
    'groups without a user',
    kubeconfig({}, { 'as-groups': ['g'] }),
    'invalid configuration: requesting uid, groups or user-extra for u without impersonating a user',
  ],
  [
    'a proxy of another kind',
    kubeconfig({ 'proxy-url': 'ftp://p' }, {}),
    `invalid configuration: invalid 'proxy-url' "ftp://p" for cluster "c": unsupported scheme "ftp", must be http, https, or socks5`,
  ],
])('%s in a kubeconfig are refused in the words of client-go', (_name, text, message) => {
  expect(() => resolveConnection(parseConfig(text, '/k'), {}, noPod, 'x')).toThrow(message)
})

test('entries that a context names but nobody wrote are empty', () => {
  const text = 'current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]'
  expect(resolveConnection(parseConfig(text, '/k'), {}, noPod, 'x').server).toBe('http://localhost:8080')
})
