// Commands over a large index, against Helm.
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { writeIndex } from './lib/generate.js'
import { peakMemory } from './lib/memory.js'
import { compare, printTable } from './lib/time.js'

const INDEX_BYTES = 50_000_000

/** Serves the folder in which it is started; prints its port. */
const server = `
const { createReadStream } = require('node:fs')
const listening = require('node:http').createServer((request, response) => {
  createReadStream('.' + request.url).on('error', () => response.writeHead(404).end()).pipe(response)
}).listen(0, '127.0.0.1', () => console.log(listening.address().port))`

/** Measures `search repo` and `dependency update`; `helm` is a program's path or undefined. */
export async function benchRepositories({ root, node, helm, rounds }) {
  const work = mkdtempSync(path.join(tmpdir(), 'chartctl-bench-'))
  const files = path.join(work, 'files')
  const cache = path.join(work, 'cache/repository')
  for (const folder of [path.join(files, 'charts'), cache, path.join(work, 'chart')])
    mkdirSync(folder, { recursive: true })
  writeIndex(path.join(files, 'index.yaml'), INDEX_BYTES)
  copyFileSync(path.join(files, 'index.yaml'), path.join(cache, 'large-index.yaml'))
  const own = [node, path.join(root, 'bin/chartctl.js')]
  const env = {
    ...process.env,
    HELM_CACHE_HOME: path.join(work, 'cache'),
    HELM_CONFIG_HOME: path.join(work, 'config'),
    HELM_DATA_HOME: path.join(work, 'data'),
    KUBECONFIG: path.join(work, 'none'),
  }
  const serving = spawn(node, ['-e', server], { cwd: files, stdio: ['ignore', 'pipe', 'inherit'] })
  const port = String(await new Promise((resolve) => serving.stdout.once('data', resolve))).trim()
  const url = `http://127.0.0.1:${port}`
  mkdirSync(path.join(work, 'config'))
  writeFileSync(
    path.join(work, 'config/repositories.yaml'),
    `apiVersion: ""\nrepositories:\n- name: large\n  url: ${url}\n`,
  )
  spawnSync(own[0], [...own.slice(1), 'create', 'wanted'], { cwd: files, stdio: 'ignore' })
  const chart = path.join(files, 'wanted/Chart.yaml')
  writeFileSync(chart, readFileSync(chart, 'utf8').replace(/^version:.*$/m, 'version: 1.42.0'))
  spawnSync(own[0], [...own.slice(1), 'package', 'wanted', '-d', 'charts'], { cwd: files, stdio: 'ignore' })
  writeFileSync(
    path.join(work, 'chart/Chart.yaml'),
    `apiVersion: v2\nname: chart\nversion: 1.0.0\ndependencies:\n- name: wanted\n  version: 1.42.0\n  repository: ${url}\n`,
  )
  const rows = []
  for (const args of [
    ['search', 'repo', 'wanted'],
    ['dependency', 'update', 'chart'],
  ]) {
    const commands = [[...own, ...args], ...(helm === undefined ? [] : [[helm, ...args]])]
    const options = { cwd: work, env }
    const [ours, theirs] = compare(commands, Math.min(rounds, 3), options)
    const memory = []
    for (const command of commands) memory.push((await peakMemory(command, options))?.toFixed(0) ?? '')
    rows.push([
      args.slice(0, 2).join(' '),
      ours.median.toFixed(0),
      theirs === undefined ? 'no helm' : theirs.median.toFixed(0),
      theirs === undefined ? '' : (ours.median / theirs.median).toFixed(2),
      '0.5',
      memory[0],
      memory[1] ?? '',
    ])
  }
  serving.kill()
  const megabytes = (statSync(path.join(files, 'index.yaml')).size / 1e6).toFixed(0)
  printTable([`index of ${megabytes} MB`, 'chartctl ms', 'helm ms', 'ratio', 'goal', 'chartctl MiB', 'helm MiB'], rows)
  rmSync(work, { recursive: true, force: true })
}
