import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { list } from 'tar'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packPlugin } from '../../../src/cli/plugins/archive.ts'
import { loadPlugin, pluginRecord } from '../../../src/cli/plugins/plugin.ts'
import { pluginLayers } from '../../../src/repo/oci/plugin-manifest.ts'
import { capturedOutput, fixedInput } from '../../../src/cli/io.ts'
import { runCli } from '../../../src/cli/program.ts'

const root = mkdtempSync(join(tmpdir(), 'chartctl-plugins-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function plugin(name: string, yaml: string, files: Record<string, string> = {}): string {
  const folder = join(root, 'data', 'plugins', name)
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of Object.entries({ 'plugin.yaml': yaml, ...files })) {
    writeFileSync(join(folder, file), text, { mode: 0o755 })
  }
  return folder
}

const v1 = (name: string, rest: string): string => `apiVersion: v1\nname: ${name}\nversion: 1.0.0\n${rest}`

describe('plugin.yaml', () => {
  test.each([
    ['broken', 'name: [', 'failed to peek plugin.yaml API version: yaml: line 1: did not find expected node content'],
    [
      'field',
      v1('field', 'type: cli/v1\nruntime: subprocess\nfoo: 1\n'),
      'line 6: field foo not found in type plugin.MetadataV1',
    ],
    ['type', v1('type', 'type: zork/v1\nruntime: subprocess\n'), 'unknown plugin type "zork/v1"'],
    ['runtime', v1('runtime', 'type: cli/v1\nruntime: zork\n'), 'unsupported plugin runtime type: "zork"'],
    [
      'text',
      'x\n',
      'API version: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `x` into plugin.apiVersion',
    ],
    ['list', '# c\n- a\n', 'line 2: cannot unmarshal !!seq into plugin.apiVersion'],
    ['nothing', '# only a comment\n', 'failed to peek plugin.yaml API version: EOF'],
    ['short-version', 'name: a\nversion: v1.0\n', 'invalid plugin version "v1.0": must be valid semver'],
    [
      'config',
      v1('config', 'type: cli/v1\nruntime: subprocess\nconfig:\n  usage: a\n  bogus: 1\n'),
      'failed to convert MetadataV1 to Metadata: yaml: unmarshal errors:\n  line 1: field bogus not found in type schema.ConfigCLIV1',
    ],
    [
      'getter',
      v1('getter', 'type: getter/v1\nruntime: subprocess\nconfig: {protocols: []}\n'),
      'config validation failed: getter has no protocols',
    ],
    ['wasm', v1('wasm', 'type: cli/v1\nruntime: extism/v1\n'), 'wasm binary missing for extism/v1 plugin'],
    ['download', 'name: download\ndownloaders:\n- command: x\n', 'downloader 0 has no protocols'],
  ])('%s is refused with the reason', (name, yaml, reason) => {
    const folder = plugin(name, yaml)
    expect(() => loadPlugin(folder)).toThrow(reason)
    rmSync(folder, { recursive: true })
  })

  test('is signed by the names of the fields of its structs', () => {
    const folder = plugin('get', 'name: get\ncommand: echo\ndownloaders:\n- command: bin/dl\n  protocols: [a, b]\n')
    expect(pluginRecord(loadPlugin(folder))).toMatchObject({
      APIVersion: 'legacy',
      Config: { Protocols: ['a', 'b'] },
      RuntimeConfig: {
        PlatformHooks: null,
        ProtocolCommands: [
          { Protocols: ['a', 'b'], PlatformCommand: [{ Command: 'bin/dl', Args: null, OperatingSystem: '' }] },
        ],
      },
    })
    rmSync(folder, { recursive: true })
  })

  test('WebAssembly is refused clearly', () => {
    const folder = plugin('w', v1('w', 'type: cli/v1\nruntime: extism/v1\n'), { 'plugin.wasm': '' })
    expect(() => loadPlugin(folder)).toThrow('plugins for the runtime extism/v1 (WebAssembly) are not supported')
    rmSync(folder, { recursive: true })
  })
})

test('a getter plugin downloads what its scheme names', async () => {
  const script = '#!/bin/sh\nprintf "%s %s" "$HELM_PLUGIN_USERNAME" "$4" > "$HELM_PLUGIN_DIR/seen"\nprintf x\n'
  plugin('get', 'name: get\ndownloaders:\n- command: get.sh\n  protocols: [foo]\n', { 'get.sh': script })
  const stderr = capturedOutput()
  const io = { stdin: fixedInput(), stdout: capturedOutput(), stderr }
  const env = {
    HOME: root,
    HELM_DATA_HOME: join(root, 'data'),
    HELM_CACHE_HOME: join(root, 'cache'),
    PATH: process.env.PATH,
  }
  const argv = ['pull', 'foo://host/web-1.0.0.tgz', '-d', root, '--username', 'me', '--password', 'pw']
  const exitCode = await runCli(argv, { io, env })
  expect([exitCode, stderr.text()]).toEqual([0, ''])
  expect(readFileSync(join(root, 'web-1.0.0.tgz'), 'utf8')).toBe('x')
  expect(readFileSync(join(root, 'data', 'plugins', 'get', 'seen'), 'utf8')).toBe('me foo://host/web-1.0.0.tgz')
})

test('a packed plugin begins with its folder, and lists paths in order', () => {
  const folder = plugin('packed', 'name: packed\nversion: 1.0.0\ncommand: x\n', { z: '', b: '' })
  mkdirSync(join(folder, 'a', 'deep'), { recursive: true })
  writeFileSync(join(folder, 'a', 'deep', 'file'), 'x')
  const names: string[] = []
  list({ sync: true, onReadEntry: (entry) => void names.push(entry.path) }).end(
    Buffer.from(packPlugin(folder, 'packed')),
  )
  const below = ['a/', 'a/deep/', 'a/deep/file', 'b', 'plugin.yaml', 'z']
  expect(names).toEqual(['packed/', ...below.map((name) => `packed/${name}`)])
  rmSync(folder, { recursive: true })
})

test('the layers of a plugin are found by their titles', () => {
  const layer = (title: string): object => ({ annotations: { 'org.opencontainers.image.title': title } })
  const manifest = (value: object): Uint8Array => Buffer.from(JSON.stringify(value))
  const artifactType = 'application/vnd.helm.plugin.v1+json'
  const layers = [layer('plug-1.0.0.tgz.prov'), layer('plug-1.0.0.tgz')]
  const found = pluginLayers(manifest({ artifactType, layers }), 'plug')
  expect([found.archive, found.provenance]).toEqual([layers[1], layers[0]])
  expect(() => pluginLayers(manifest({ artifactType, layers }), 'other')).toThrow('required layer matching pattern')
  expect(() => pluginLayers(manifest({ artifactType: 'x', layers }), 'plug')).toThrow('expected artifact type')
})

describe('completion of plugins', () => {
  const yaml = 'name: shell\nusage: shell plugin\ndescription: words for shells\ncommand: echo\n'
  const levels = `validArgs: [one, two]
flags: [zeta, a, alpha, b, c]
commands:
- name: sub [x]
  flags: [deep]
  commands:
  - name: leaf
  - name: other
    validArgs: [red]
- name: dyn
  flags: [force]
`
  const script = '#!/bin/sh\necho "got $#: $*"; echo "for $HELM_PLUGIN_NAME" >&2; echo :4\n'

  beforeAll(() => void plugin('shell', yaml, { 'completion.yaml': levels, 'plugin.complete': script }))
  afterAll(() => rmSync(join(root, 'data', 'plugins', 'shell'), { recursive: true }))

  async function complete(...words: string[]): Promise<string[]> {
    const stdout = capturedOutput()
    const io = { stdin: fixedInput(), stdout, stderr: capturedOutput() }
    const env = { HOME: root, HELM_DATA_HOME: join(root, 'data'), PATH: process.env.PATH }
    expect(await runCli(['__completeNoDesc', 'shell', ...words], { io, env })).toBe(0)
    return stdout.text().trimEnd().split('\n')
  }
  const asked = (...words: string[]): string[] => [`got ${words.length}: ${words.join(' ')}`.trim(), 'for shell', ':4']

  test.each([
    ['commands and arguments', [''], ['dyn', 'sub', 'one', 'two', ':4']],
    ['what begins as typed', ['o'], ['one', ':4']],
    ['commands below', ['sub', ''], ['leaf', 'other', ':4']],
    ['arguments below', ['sub', 'other', 'r'], ['red', ':4']],
    ['nothing after the first argument', ['sub', 'other', 'x', 'r'], [':0']],
    ['what the program prints, with its directive', ['dyn', ''], asked('dyn', '')],
    [
      'words and flags for the program, but global flags',
      ['dyn', '-n', 'x', '--f', 'y', 'z'],
      asked('dyn', '--f', 'y', 'z'),
    ],
    ['commands after flags the file tells', ['--zeta', 'dyn', 'q'], asked('dyn', '--zeta', 'q')],
    ['no commands after other flags, which may have values', ['--other', 'dyn', 'q'], [':0']],
    ['flags, then the program', ['dyn', '--fo'], ['--force', ...asked('dyn', '--fo')]],
    ['shorthands with the long names in order', ['-a'], ['-a', ':4']],
    ['shorthands too many as flags', ['--c'], ['--color', '--colour', '--content-cache', '--c', ':4']],
  ])('offers %s', async (_what, words, want) => {
    expect(await complete(...words)).toEqual(want)
  })
})

describe('plugin install', () => {
  const home = join(root, 'install')
  const git = (folder: string, ...args: string[]): void => {
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false']
    execFileSync('git', [...author, ...args], { cwd: folder, stdio: 'ignore' })
  }
  const source = join(home, 'source')
  const write = (version: string): void =>
    writeFileSync(join(source, 'plugin.yaml'), `name: tool\nversion: ${version}\nusage: x\ncommand: echo\n`)

  async function install(...args: string[]) {
    const [stdout, stderr] = [capturedOutput(), capturedOutput()]
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      HELM_DATA_HOME: mkdtempSync(join(home, 'data-')),
      HELM_CACHE_HOME: join(home, 'cache'),
    }
    const io = { stdin: fixedInput(''), stdout, stderr }
    const exit = await runCli(['plugin', 'install', ...args], { io, env, programPath: 'helm' })
    return { exit, stdout: stdout.text(), stderr: stderr.text(), data: env.HELM_DATA_HOME }
  }

  beforeAll(() => {
    mkdirSync(source, { recursive: true })
    git(source, 'init', '-q')
    for (const version of ['1.0.0', '1.2.0', '2.0.0']) {
      write(version)
      git(source, 'add', '.')
      git(source, 'commit', '-q', '-m', version)
      git(source, 'tag', `v${version}`)
    }
  })

  test.each([
    [['--version', '^1'], '1.2.0'],
    [['--version', 'v1.0.0'], '1.0.0'],
    [[], '2.0.0'],
  ])('a repository gives the version that %j asks for', async (flags, version) => {
    const answer = await install(`file://${source}`, '--verify=false', ...flags)
    expect(answer).toMatchObject({ exit: 0, stderr: '' })
    expect(loadPlugin(join(answer.data, 'plugins', 'source')).version).toBe(version)
    rmSync(join(home, 'cache'), { recursive: true })
  })

  test('a version that no tag has is refused', async () => {
    const { exit, stderr } = await install(`file://${source}`, '--verify=false', '--version', '>5')
    expect([exit, stderr]).toEqual([1, `Error: requested version ">5" does not exist for plugin "file://${source}"\n`])
  })

  test('an archive on the web may hold the plugin without a folder', async () => {
    const archive = join(home, 'tool-1.0.0.tgz')
    execFileSync('tar', ['czf', archive, '-C', source, './plugin.yaml'])
    const server = createServer((request, response) => {
      if (request.url === '/tool-1.0.0.tgz') response.end(readFileSync(archive))
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const answer = await install(`http://127.0.0.1:${port}/tool-1.0.0.tgz`, '--verify=false')
      expect(answer).toMatchObject({ exit: 0, stderr: '' })
      expect(loadPlugin(join(answer.data, 'plugins', 'tool')).name).toBe('tool')
      expect(readdirSync(join(home, 'cache', 'plugins'))).toContain(`http-127.0.0.1-${port}-tool-1.0.0.tgz`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
