import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capturedOutput, fixedInput, runCli } from '../../../src/cli/index.ts'

let folder: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'chartctl-offline-')))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}

async function helm(...argv: readonly string[]) {
  return helmWith('', ...argv)
}

async function helmWith(input: string, ...argv: readonly string[]) {
  const stdout = capturedOutput()
  const stderr = capturedOutput()
  const env = { HOME: join(folder, 'home'), CHARTCTL_NAME: 'helm' }
  const exitCode = await runCli(argv, {
    io: { stdin: fixedInput(input), stdout, stderr },
    env,
    programPath: '/usr/bin/helm',
  })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

describe('what loading a chart says reaches every command that loads one', () => {
  const notice =
    'level=INFO msg="Warning: Dependencies are handled in Chart.yaml since apiVersion \\"v2\\". We recommend migrating dependencies to Chart.yaml."\n'

  it.each([
    ['dependency', 'list'],
    ['dependency', 'update'],
    ['package'],
    ['show', 'chart'],
  ])('%s %s', async (...command) => {
    write({
      'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n',
      'a/requirements.yaml': 'dependencies: []\n',
    })
    const flags = command[0] === 'package' ? ['-d', folder] : []
    expect(await helm(...command, join(folder, 'a'), ...flags)).toMatchObject({ exitCode: 0, stderr: notice })
  })
})

describe('template --name-template', () => {
  it.each([
    ['{{ env "HOME" | base }}-{{ expandenv "$CHARTCTL_NAME-x" }}', 'home-helm-x'],
    [
      '{{ fail "no" }}',
      'Error: template: name-template:1:3: executing "name-template" at <fail "no">: error calling fail: no\n',
    ],
    ['{{ toYaml 1 }}', 'Error: template: name-template:1: function "toYaml" not defined\n'],
  ])('%s', async (text, want) => {
    write({
      'n/Chart.yaml': 'apiVersion: v2\nname: n\nversion: 1.0.0\n',
      'n/templates/a.yaml': 'a: {{ .Release.Name }}',
    })
    const { stdout, stderr } = await helm('template', join(folder, 'n'), '--name-template', text)
    expect(stdout === '' ? stderr : stdout.trim().split('a: ')[1]).toBe(want)
  })
})

describe('dependency update', () => {
  it('does not look at the API version of Chart.yaml by itself', async () => {
    mkdirSync(join(folder, 'empty'))
    expect((await helm('dependency', 'update', join(folder, 'empty'))).stderr).toBe(
      'Error: Chart.yaml file is missing\n',
    )
  })

  it('refuses addresses without a handler before it asks any repository', async () => {
    write({
      'a/Chart.yaml':
        'apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies: [{name: b, version: 1.0.0, repository: "ftp://x"}]\n',
    })
    expect(await helm('dependency', 'update', join(folder, 'a'))).toEqual({
      exitCode: 1,
      stdout: 'Getting updates for unmanaged Helm repositories...\n',
      stderr: 'Error: could not find protocol handler for: ftp\n',
    })
  })
})

describe('dependency update downloads archives at once', () => {
  const names = ['one', 'two', 'three']

  /** Serves an index of the charts; archives are sent once all have been asked for, the last one first. */
  async function served(missing: string | undefined, run: (url: string, asked: string[]) => Promise<void>) {
    const asked: string[] = []
    const waiting: (() => void)[] = []
    const server = createServer((request, response) => {
      const name = /^\/(\w+)-/.exec(request.url ?? '')?.[1]
      if (name === undefined) return void response.end(readFileSync(join(folder, 'repo/index.yaml')))
      asked.push(name)
      waiting.push(() => {
        if (name === missing) response.writeHead(404).end()
        else response.end(readFileSync(join(folder, `repo/${name}-1.0.0.tgz`)))
      })
      if (waiting.length < names.length) return
      const [last = () => undefined, ...others] = waiting.reverse()
      last()
      setTimeout(() => {
        for (const send of others) send()
      }, 50)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      for (const name of names) {
        write({ [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n` })
        await helm('package', join(folder, name), '-d', join(folder, 'repo'))
      }
      await helm('repo', 'index', join(folder, 'repo'))
      await helm('repo', 'add', 'mine', url)
      const dependencies = names.map((name) => `- {name: ${name}, version: 1.0.0, repository: "${url}"}\n`).join('')
      write({ 'all/Chart.yaml': `apiVersion: v2\nname: all\nversion: 1.0.0\ndependencies:\n${dependencies}` })
      await run(url, asked)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
  const archives = () => readdirSync(join(folder, 'all/charts')).sort()
  const saving = (url: string, some: readonly string[]) =>
    ['Saving 3 charts', ...some.map((name) => `Downloading ${name} from repo ${url}`)].join('\n')

  it('and prints as if one came after the other', async () => {
    await served(undefined, async (url, asked) => {
      const { exitCode, stdout } = await helm('dependency', 'update', join(folder, 'all'), '--skip-refresh')
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${saving(url, names)}\nDeleting outdated charts\n` })
      expect(asked.sort()).toEqual([...names].sort())
      expect(archives()).toEqual(['one-1.0.0.tgz', 'three-1.0.0.tgz', 'two-1.0.0.tgz'])
    })
  })

  it('and tells the first that fails, leaving charts as they are', async () => {
    await served('two', async (url) => {
      const problem = `could not download ${url}/two-1.0.0.tgz: failed to fetch ${url}/two-1.0.0.tgz : 404 Not Found`
      const { exitCode, stdout, stderr } = await helm('dependency', 'update', join(folder, 'all'), '--skip-refresh')
      expect([exitCode, stderr]).toEqual([1, `Error: ${problem}\n`])
      expect(stdout).toBe(`${saving(url, ['one', 'two'])}\nSave error occurred:  ${problem}\n`)
      expect([archives(), readdirSync(join(folder, 'all')).sort()]).toEqual([[], ['Chart.yaml', 'charts']])
    })
  })
})

it('dependency build logs that it tries the hash of old locks, as Helm', async () => {
  write({
    'a/Chart.yaml': 'apiVersion: v1\nname: a\nversion: 1.0.0\n',
    'a/requirements.yaml': 'dependencies: [{name: b, version: 1.0.0, repository: ""}]\n',
    'a/requirements.lock': 'dependencies: [{name: b, version: 1.0.0, repository: ""}]\ndigest: sha256:x\n',
  })
  expect((await helm('dependency', 'build', join(folder, 'a'))).stderr).toBe(
    'level=INFO msg="warning: a valid Helm v3 hash was not found. Checking against Helm v2 hash..."\nError: the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the dependencies\n',
  )
})

it('a Chart.yaml that is no map is named by what Helm reads first', async () => {
  write({ 'a/Chart.yaml': '- x\n' })
  expect((await helm('package', join(folder, 'a'))).stderr).toBe(
    'Error: cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type loader.chartBase\n',
  )
})

describe('values flags', () => {
  const chart = {
    'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n',
    'a/templates/x.yaml': 'a: {{ .Values.a | quote }}\n',
  }

  it('read standard input for --set-file, too', async () => {
    write(chart)
    const { stdout } = await helmWith('from stdin', 'template', join(folder, 'a'), '--set-file', 'a=-')
    expect(stdout).toContain('a: "from stdin"')
  })

  it('say that a folder cannot be read, and what a URL of --set-file answered', async () => {
    write(chart)
    const template = (...flags: readonly string[]) => helm('template', join(folder, 'a'), ...flags)
    expect((await template('-f', folder)).stderr).toBe(`Error: read ${folder}: is a directory\n`)
    expect((await template('--set-file', 'a=http://127.0.0.1:1/x')).stderr).toBe(
      'Error: failed parsing --set-file data: Get "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused\n',
    )
  })
})

it('pull words a file in the place of a folder as Go does', async () => {
  write({ 'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n', file: '' })
  await helm('package', join(folder, 'a'), '-d', folder)
  const server = createServer((_request, response) => response.end(readFileSync(join(folder, 'a-1.0.0.tgz'))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a-1.0.0.tgz`
    const file = join(folder, 'file')
    expect((await helm('pull', url, '-d', file)).stderr).toMatch(
      /^Error: open \S+\/file\/a-1\.0\.0\.tgz\d+: not a directory\n$/,
    )
    expect((await helm('pull', url, '--untar', '--untardir', file)).stderr).toBe(
      `Error: failed to untar (mkdir): mkdir ${file}: not a directory\n`,
    )
  } finally {
    server.close()
  }
})

it('a dry run on the client asks no cluster for the namespace that it would create, and logs as Helm', async () => {
  write({ 'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n' })
  const flags = ['--dry-run=client', '--create-namespace', '-n', 'new', '--kube-apiserver', 'http://127.0.0.1:1']
  const chart = join(folder, 'a')
  expect(await helm('install', 'r', chart, ...flags, '--debug', '--devel')).toMatchObject({
    exitCode: 0,
    stderr: `level=DEBUG msg="Original chart version" version=""\nlevel=DEBUG msg="setting version to >0.0.0-0"\nlevel=DEBUG msg="Chart path" path=${chart}\nlevel=DEBUG msg="number of dependencies in the chart" chart=a dependencies=0\n`,
  })
})

it('an old form of --dry-run is warned of before anything else, also before what is wrong with the arguments', async () => {
  write({ 'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\ndeprecated: true\n' })
  const warning = `level=WARN msg="boolean '--dry-run=true' flag is deprecated and must be replaced with '--dry-run=client'"\n`
  expect((await helm('install', 'r', join(folder, 'a'), '--dry-run=true')).stderr).toBe(
    `${warning}level=WARN msg="this chart is deprecated"\n`,
  )
  expect((await helm('install', 'r', join(folder, 'a'), '--dry-run=true', '--generate-name')).stderr).toBe(
    `${warning}Error: INSTALLATION FAILED: cannot set --generate-name and also specify a name\n`,
  )
  expect((await helm('upgrade', 'r', join(folder, 'none'), '--dry-run=true')).stderr).toBe(
    `${warning}Error: path ${JSON.stringify(join(folder, 'none'))} not found\n`,
  )
})

it('repo index lists every archive of one version', async () => {
  write({ 'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n' })
  await helm('package', join(folder, 'a'), '-d', join(folder, 'out'))
  copyFileSync(join(folder, 'out', 'a-1.0.0.tgz'), join(folder, 'out', 'b.tgz'))
  expect((await helm('repo', 'index', join(folder, 'out'))).exitCode).toBe(0)
  expect(readFileSync(join(folder, 'out', 'index.yaml'), 'utf8').match(/- \S+\.tgz/g)).toEqual([
    '- a-1.0.0.tgz',
    '- b.tgz',
  ])
})

it('--output-dir that is a file is told with the hint that a failed rendering gets', async () => {
  write({
    'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n',
    'a/templates/x.yaml': 'a: b\n',
    file: '',
  })
  expect((await helm('template', join(folder, 'a'), '--output-dir', join(folder, 'file'))).stderr).toBe(
    `Error: stat ${folder}/file/a/templates: not a directory\n\nUse --debug flag to render out invalid YAML\n`,
  )
})

it('lint knows the deprecated kinds of the core group', async () => {
  write({
    'a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\nicon: https://x/y.png\n',
    'a/values.yaml': '',
    'a/templates/x.yaml': 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: x}\n',
  })
  const found =
    '[WARNING] templates/x.yaml: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n'
  expect((await helm('lint', join(folder, 'a'))).stdout).toContain(found)
  expect((await helm('lint', join(folder, 'a'), '--kube-version', '1.32.0')).stdout).not.toContain('deprecated')
})

it('leaves the mode of an existing repositories.yaml', async () => {
  write({ 'r.yaml': 'repositories:\n- {name: a, url: "http://127.0.0.1:1"}\n- {name: b, url: "http://127.0.0.1:1"}\n' })
  chmodSync(join(folder, 'r.yaml'), 0o640)
  const answer = await helm('repo', 'remove', 'a', '--repository-config', join(folder, 'r.yaml'))
  expect(answer).toMatchObject({ exitCode: 0, stderr: '' })
  expect(statSync(join(folder, 'r.yaml')).mode & 0o777).toBe(0o640)
})
