import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  loadConfig,
  nothingConfigured,
  parseConfig,
  resolveConnection,
  resolveNamespace,
} from '../../../src/kube/index.ts'

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
users: [{name: v, user: {username: joe, password: pw}}]
contexts: [{name: b, context: {cluster: d, user: v}}]
`
const noPod = { env: {} }

function files(): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
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
  expect(other).toMatchObject({ server: 'https://d', namespace: 'default', user: { username: 'joe', token: 'flag' } })
  expect(resolveNamespace(config, { namespace: 'mine' }, noPod)).toBe('mine')
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
