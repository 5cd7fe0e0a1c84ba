import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox, mustSucceed, type Sandbox } from '../support/program.ts'

describe('bad input ends with a message and a non-zero exit code', () => {
  let sandbox: Sandbox

  /** Writes a chart named `name` into the working folder. */
  const writeChart = (name: string, files: Readonly<Record<string, string>>): void => {
    for (const [file, text] of Object.entries({
      'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
      ...files,
    })) {
      const full = path.join(sandbox.folder, 'work', name, file)
      mkdirSync(path.dirname(full), { recursive: true })
      writeFileSync(full, text)
    }
  }

  beforeAll(async () => {
    sandbox = createSandbox()
    mustSucceed(await sandbox.chartctl(['cluster', 'start', '--storage', 'memory']))
    const configMap =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  a: {{ .Values.a | quote }}\n'
    writeChart('good', { 'values.yaml': 'a: 1\n', 'templates/a.yaml': configMap })
    writeChart('bad-yaml', { 'templates/a.yaml': 'a: [1\n' })
    writeChart('bad-values', { 'values.yaml': 'a: b: c\n', 'templates/a.yaml': configMap })
    writeChart('bad-function', { 'templates/a.yaml': 'a: {{ nosuch 1 }}\n' })
    writeChart('needs-value', { 'templates/a.yaml': 'a: {{ required "a name is needed" .Values.name }}\n' })
    writeChart('typed', { 'values.yaml': 'a: x\n', 'values.schema.json': '{"properties":{"a":{"type":"integer"}}}' })
    writeChart('rejected', { 'templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Not_Valid\n' })
    writeChart('broken-pod', {
      'templates/a.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata:\n  name: broken\n  annotations:\n    simulate.chartctl.dev/never-ready: "true"\nspec:\n  containers:\n    - name: a\n      image: a\n      readinessProbe:\n        httpGet: {path: /, port: 80}\n',
    })
    writeFileSync(path.join(sandbox.folder, 'work/broken.tgz'), 'this is no archive')
    mustSucceed(await sandbox.chartctl(['install', 'taken', 'good']))
  })
  afterAll(() => sandbox.dispose())

  const cases: readonly [name: string, args: readonly string[], text: string | RegExp][] = [
    ['a chart that is not there', ['install', 'x', './nowhere'], 'path "./nowhere" not found'],
    ['a broken archive', ['install', 'x', 'broken.tgz'], /broken\.tgz|gzip/],
    ['a template that gives broken YAML', ['install', 'x', 'bad-yaml'], 'bad-yaml/templates/a.yaml'],
    ['values that are not YAML', ['install', 'x', 'bad-values'], 'values.yaml'],
    [
      'an unknown function',
      ['install', 'x', 'bad-function'],
      '(bad-function/templates/a.yaml:1): function "nosuch" not defined',
    ],
    ['a missing required value', ['install', 'x', 'needs-value'], 'a name is needed'],
    ['a value against the schema', ['install', 'x', 'typed'], "at '/a': got string, want integer"],
    ['a name in use', ['install', 'taken', 'good'], 'cannot reuse a name that is still in use'],
    ['an unknown release', ['upgrade', 'nosuch', 'good'], '"nosuch" has no deployed releases'],
    ['the status of an unknown release', ['status', 'nosuch'], 'release: not found'],
    ['an unknown revision', ['rollback', 'taken', '7'], 'release has no 7 version'],
    ['an object that the API refuses', ['install', 'x', 'rejected'], 'Not_Valid'],
    [
      'no cluster',
      ['list', '--kube-apiserver', 'https://127.0.0.1:1'],
      'kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1',
    ],
  ]

  test.each(cases)('%s', async (_name, args, text) => {
    const finished = await sandbox.chartctl(args)
    expect(finished.exit).toBe(1)
    expect(finished.stderr).toMatch(/^Error: |\nError: /)
    if (typeof text === 'string') expect(finished.stderr).toContain(text)
    else expect(finished.stderr).toMatch(text)
  })

  test('a timeout fails the release and the next command works', async () => {
    const finished = await sandbox.chartctl(['install', 'slow', 'broken-pod', '--wait', '--timeout', '1s'])
    expect(finished.exit).toBe(1)
    expect(finished.stderr).toContain('Error:')
    expect(
      mustSucceed(await sandbox.chartctl(['list', '--failed', '-q']))
        .trim()
        .split('\n'),
    ).toContain('slow')
    mustSucceed(await sandbox.chartctl(['uninstall', 'slow']))
  })

  test('an interrupt records a failed revision and the next upgrade works', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 1500)
    const { spawn } = await import('node:child_process')
    const exit = await new Promise<number | null>((resolve) => {
      const child = spawn(
        process.execPath,
        [path.resolve(import.meta.dirname, '../../bin/chartctl.js'), 'install', 'stopped', 'broken-pod', '--wait'],
        {
          cwd: path.join(sandbox.folder, 'work'),
          env: sandbox.env,
          stdio: 'ignore',
        },
      )
      abort.signal.addEventListener('abort', () => child.kill('SIGINT'))
      child.on('exit', resolve)
    })
    expect(exit).not.toBe(0)
    const status = JSON.parse(mustSucceed(await sandbox.chartctl(['status', 'stopped', '-o', 'json']))) as {
      info: { status: string }
    }
    expect(status.info.status).toBe('failed')
    mustSucceed(await sandbox.chartctl(['upgrade', 'stopped', 'good']))
  })
})
