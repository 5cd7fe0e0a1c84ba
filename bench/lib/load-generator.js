// Puts load on an API server, in a process of its own: `node load-generator.js KUBECONFIG STEP…`. Prints one line of JSON
// per step: `{step, requests, perSecond, p50, p99}` (milliseconds), or what the step says instead.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'

const config = parse(readFileSync(process.argv[2], 'utf8'))
const server = new URL(config.clusters[0].cluster.server)
const { token } = config.users[0].user
const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64')
const MAPS = '/api/v1/namespaces/default/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
const WAYS = 16
const REQUESTS = 4500
const DATA = { text: 'x'.repeat(200) }

const agent = new Agent({ keepAlive: true, maxSockets: WAYS, ca })

/** One request; gives the length of the answer. Throws for a status that says failure. */
function send(method, path, body, type = 'application/json') {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    authorization: `Bearer ${token}`,
    ...(text !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
  }
  return new Promise((resolve, reject) => {
    const { hostname, port } = server
    const sent = request({ agent, hostname, port, method, path, headers }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => {
        const whole = Buffer.concat(chunks)
        if (answer.statusCode < 300) resolve(whole)
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${whole.toString().slice(0, 300)}`))
      })
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

/** Runs `one(i)` for each number, `ways` at a time, and tells rate and latencies. */
async function measure(count, ways, one) {
  const times = []
  let next = 0
  const worker = async () => {
    for (let i = next++; i < count; i = next++) {
      const started = performance.now()
      await one(i)
      times.push(performance.now() - started)
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: ways }, worker))
  const seconds = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  const at = (share) => Number(times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(2))
  return { requests: count, perSecond: Math.round(count / seconds), p50: at(0.5), p99: at(0.99) }
}

const map = (name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: DATA })

/** Opens watches of ConfigMaps, changes one ConfigMap often, and counts what arrives. */
async function fanOut(watchers, changes) {
  let seen = 0
  const wanted = watchers * changes
  let finish
  const done = new Promise((resolve) => {
    finish = resolve
  })
  const { items, metadata } = JSON.parse(await send('GET', `${MAPS}?limit=1`))
  const { name } = items[0].metadata
  const path = `${MAPS}?watch=1&fieldSelector=metadata.name%3D${name}&resourceVersion=${metadata.resourceVersion}`
  const open = () =>
    new Promise((resolve, reject) => {
      const { hostname, port } = server
      const headers = { authorization: `Bearer ${token}` }
      const watch = request({ hostname, port, ca, path, headers, agent: false }, (answer) => {
        resolve(watch)
        answer.on('data', (chunk) => {
          for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) seen++
          if (seen >= wanted) finish()
        })
        answer.on('error', () => {})
      })
      watch.on('error', reject)
      watch.end()
    })
  const open100 = await Promise.all(Array.from({ length: watchers }, open))
  const started = performance.now()
  await measure(changes, WAYS, (i) =>
    send('PATCH', `${MAPS}/${name}`, { data: { text: `y${i}` } }, 'application/merge-patch+json'),
  )
  await Promise.race([done, sleep(30_000)])
  const perSecond = Math.round(seen / ((performance.now() - started) / 1000))
  for (const watch of open100) watch.destroy()
  return { events: seen, perSecond }
}

/** Creates a Deployment and waits until all its pods are ready. */
async function pods(count) {
  const name = `load-${count}`
  const labels = { app: name }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
  const started = performance.now()
  await send('POST', DEPLOYMENTS, {
    metadata: { name },
    spec: { replicas: count, selector: { matchLabels: labels }, template },
  })
  for (;;) {
    const { status } = JSON.parse(await send('GET', `${DEPLOYMENTS}/${name}`))
    if (status.readyReplicas === count) return { seconds: Number(((performance.now() - started) / 1000).toFixed(1)) }
    await sleep(100)
  }
}

const STEPS = {
  warmup: () => measure(1500, WAYS, (i) => send('POST', MAPS, map(`warm-${i}`))),
  'create 16': () => measure(REQUESTS, WAYS, (i) => send('POST', MAPS, map(`m-${i}`))),
  'get 16': () => measure(REQUESTS, WAYS, (i) => send('GET', `${MAPS}/m-${i}`)),
  'patch 16': () =>
    measure(REQUESTS, WAYS, (i) =>
      send('PATCH', `${MAPS}/m-${i}`, { metadata: { labels: { a: 'b' } } }, 'application/merge-patch+json'),
    ),
  'apply 16': () =>
    measure(REQUESTS, WAYS, (i) =>
      send('PATCH', `${MAPS}/m-${i}?fieldManager=bench&force=true`, map(`m-${i}`), 'application/apply-patch+yaml'),
    ),
  'create 1': () => measure(1000, 1, (i) => send('POST', MAPS, map(`one-${i}`))),
  'get 1': () => measure(1000, 1, (i) => send('GET', `${MAPS}/one-${i}`)),
  clean: async () => {
    for (const prefix of ['one', 'warm'])
      await measure(prefix === 'one' ? 1000 : 1500, WAYS, (i) => send('DELETE', `${MAPS}/${prefix}-${i}`))
    return {}
  },
  list: () => measure(30, 1, () => send('GET', MAPS)),
  'fan-out': () => fanOut(100, 300),
  'pods 1000': () => pods(1000),
  'pods 5000': () => pods(5000),
}

for (const step of process.argv.slice(3)) {
  const figures = await STEPS[step]()
  console.log(JSON.stringify({ step, ...figures }))
}
agent.destroy()
process.exit(0)
