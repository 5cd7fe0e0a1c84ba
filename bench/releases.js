// Releases: `list` over a thousand of them; upgrade, rollback and uninstall.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { createSandbox } from './lib/sandbox.js'
import { compare, median, printTable, timeOnce } from './lib/time.js'

const RELEASES = 1000

/** Measures operations on releases; `helm` is a program's path or undefined. */
export async function benchReleases({ root, node, helm, rounds }) {
  const { work, env } = createSandbox()
  const options = { cwd: work, env }
  const own = (...args) => [node, path.join(root, 'bin/chartctl.js'), ...args]
  const rows = []
  timeOnce(own('cluster', 'start', '--storage', 'memory'), options)
  try {
    timeOnce(own('create', 'scaffold'), options)
    timeOnce(own('install', 'model', 'scaffold', '-n', 'many', '--create-namespace'), options)
    await copyRelease(env.KUBECONFIG, 'many', 'model')
    for (const [name, ...flags] of [['list'], ['list', '-m', '0'], ['list', '-A', '-o', 'json']]) {
      rows.push(
        row(`${[name, ...flags].join(' ')}, ${RELEASES} releases`, own, helm, rounds, options, [
          name,
          '-n',
          'many',
          ...flags,
        ]),
      )
    }
    const archive = path.join(root, '../shared/conformance/charts/archives/nginx-22.1.1.tgz')
    const chart = existsSync(archive) ? archive : path.join(root, 'charts/blog-stack')
    for (const [who, command] of Object.entries({ ours: own, ...(helm !== undefined && { theirs: theirsOf(helm) }) })) {
      timeOnce(command('install', who, chart), options)
    }
    const change = (which) => {
      const times = { ours: [], theirs: [] }
      for (let round = 0; round < rounds; round++) {
        times.ours.push(timeOnce(own(...which('ours', round)), options))
        if (helm !== undefined) times.theirs.push(timeOnce([helm, ...which('theirs', round)], options))
      }
      return times
    }
    const upgrade = change((name, round) => ['upgrade', name, chart, '--set', `replicaCount=${2 + (round % 2)}`])
    rows.push([`upgrade ${path.basename(chart)}`, ratioText(median(upgrade.ours), upgrade.theirs), '0.7'])
    const rollback = change((name) => ['rollback', name])
    rows.push([`rollback ${path.basename(chart)}`, ratioText(median(rollback.ours), rollback.theirs), '0.7'])
  } finally {
    timeOnce(own('cluster', 'delete'), options)
    rmSync(work, { recursive: true, force: true })
  }
  printTable(['case', 'measured', 'goal (ratio)'], rows)
}

const theirsOf =
  (helm) =>
  (...args) => [helm, ...args]

function row(name, own, helm, rounds, options, args) {
  const commands = helm === undefined ? [own(...args)] : [own(...args), [helm, ...args]]
  const [ours, theirs] = compare(commands, rounds, options)
  return [name, ratioText(ours.median, theirs === undefined ? [] : [theirs.median]), '0.5']
}

function ratioText(ours, theirs) {
  if (theirs.length === 0) return `${ours.toFixed(0)} ms`
  const helm = median(theirs)
  return `${ours.toFixed(0)} ms; helm ${helm.toFixed(0)} ms, ratio ${(ours / helm).toFixed(2)}`
}

/** Copies the record of a release under many names. */
async function copyRelease(kubeconfig, namespace, name) {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  const { user } = users[0]
  const decode = (text) => (text === undefined ? undefined : Buffer.from(text, 'base64'))
  const agent = new Agent({
    keepAlive: true,
    ca: decode(ca),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  })
  const headers = { 'content-type': 'application/json', ...(user.token && { authorization: `Bearer ${user.token}` }) }
  const ask = (method, url, body) =>
    new Promise((resolve, reject) => {
      const sent = request(`${server}${url}`, { method, agent, headers }, (answer) => {
        let text = ''
        answer.on('data', (chunk) => {
          text += chunk
        })
        answer.on('end', () => (answer.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(text))))
      })
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  const secrets = `/api/v1/namespaces/${namespace}/secrets`
  const model = await ask('GET', `${secrets}/sh.helm.release.v1.${name}.v1`)
  const text = Buffer.from(Buffer.from(model.data.release, 'base64').toString(), 'base64')
  const record = JSON.parse(gunzipSync(text))
  for (let index = 0; index < RELEASES; index++) {
    const copy = `copy-${index}`
    const packed = gzipSync(JSON.stringify({ ...record, name: copy })).toString('base64')
    await ask('POST', secrets, {
      ...model,
      metadata: { name: `sh.helm.release.v1.${copy}.v1`, labels: { ...model.metadata.labels, name: copy } },
      data: { release: Buffer.from(packed).toString('base64') },
    })
  }
  agent.destroy()
}
