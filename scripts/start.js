// `npm start`: the main job on the bundled cluster, step by step, on a fresh clone. May be run again and again.
import { spawnSync } from 'node:child_process'
import { cpSync, createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { spawn } from 'node:child_process'
import { root, setUp } from './lib/setup.js'

setUp()

const bin = path.join(root, 'bin/chartctl.js')
const work = mkdtempSync(path.join(tmpdir(), 'chartctl-start-'))
const env = {
  ...process.env,
  // The demonstration keeps its repository list and caches to itself; the cluster is the user's own.
  HELM_CONFIG_HOME: path.join(work, 'config'),
  HELM_CACHE_HOME: path.join(work, 'cache'),
  HELM_DATA_HOME: path.join(work, 'data'),
}
const colour = process.stdout.isTTY && !process.env.NO_COLOR
const bold = (text) => (colour ? `\x1b[1m${text}\x1b[0m` : text)

/** Shows a command and runs it; a failure ends the demonstration with the command's exit code. */
function step(title, args, options = {}) {
  return new Promise((resolve, reject) => {
    if (title) console.log(`\n${bold(`# ${title}`)}`)
    console.log(bold(`$ chartctl ${args.map((a) => (/[\s']/.test(a) ? JSON.stringify(a) : a)).join(' ')}`))
    const child = spawn(process.execPath, [bin, ...args], { cwd: path.join(work, 'charts'), env, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0 || options.mayFail) resolve(code)
      else reject(new Error(`chartctl ${args[0]} ended with exit code ${code}`))
    })
  })
}

/** Runs a command without showing it and returns its exit code. */
function quietly(args) {
  return spawnSync(process.execPath, [bin, ...args], { cwd: root, env, stdio: 'ignore' }).status
}

/** Serves the repository folder on a free loopback port. */
function serveRepository(folder) {
  const server = createServer((request, response) => {
    const file = path.join(folder, path.basename(new URL(request.url, 'http://localhost').pathname))
    if (!existsSync(file)) response.writeHead(404).end()
    else createReadStream(file).pipe(response)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function main() {
  cpSync(path.join(root, 'charts'), path.join(work, 'charts'), { recursive: true })
  const server = await serveRepository(path.join(work, 'charts/repository'))
  try {
    await step('The cluster: one process, started in the background', ['cluster', 'start'])
    await step('The umbrella chart and what it is made of', [
      'repo',
      'add',
      'blog-charts',
      `http://127.0.0.1:${server.address().port}`,
    ])
    await step('', ['dependency', 'update', 'blog-stack'])
    const context = ['--kube-context', 'chartctl', '--namespace', 'blog']
    if (quietly(['status', 'blog', ...context]) === 0) {
      await step('A release of an earlier run goes first', ['uninstall', 'blog', ...context, '--wait'])
    }
    await step('Install, and wait until everything is ready', [
      'install',
      'blog',
      'blog-stack',
      ...context,
      '--create-namespace',
      '--wait',
    ])
    await step('Upgrade with new values: more pods, a new title, the admin front', [
      'upgrade',
      'blog',
      'blog-stack',
      ...context,
      '--wait',
      '--reuse-values',
      '--set',
      'front.replicaCount=3,front.title=Our better blog,tags.back-office=true',
    ])
    await step('Test the release with the hooks of its charts', ['test', 'blog', ...context])
    await step('Its history', ['history', 'blog', ...context])
    await step('Roll back to the first revision', ['rollback', 'blog', '1', ...context, '--wait'])
    await step('', ['history', 'blog', ...context])
    await step('What is there now', ['status', 'blog', ...context])
    console.log(`
${bold('What next?')}

  npx chartctl list -A                                 releases of all namespaces
  npx chartctl get values blog -n blog                 what the release was given
  npx chartctl template charts/blog-stack              the manifests, without a cluster
  npx chartctl create shop && npx chartctl install shop ./shop
  npx chartctl uninstall blog -n blog
  npx chartctl cluster status | stop | delete          the bundled cluster

kubectl works too: the context "chartctl" is in your kubeconfig.
    kubectl --context chartctl -n blog get all`)
  } finally {
    server.close()
    rmSync(work, { recursive: true, force: true })
  }
}

main().catch((error) => {
  console.error(`npm start: ${error.message}`)
  process.exit(1)
})
