// `npm run bench [-- render|cluster] [--rounds N]`: prints tables; ratios where a `helm` is on the PATH.
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { setUp, root } from '../scripts/lib/setup.js'
import { benchCluster } from './cluster.js'
import { benchRender } from './render.js'

setUp()
const args = process.argv.slice(2)
const rounds = Number(args[args.indexOf('--rounds') + 1]) || 7
const wanted = args.filter((arg) => ['render', 'cluster'].includes(arg))
const found = spawnSync('helm', ['version', '--template', '{{.Version}}'], { encoding: 'utf8' })
const helm = found.status === 0 ? 'helm' : undefined
const settings = { root, node: process.execPath, helm, rounds }

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, helm ${helm ? found.stdout.trim() : 'not found'}\n`,
)
if (wanted.length === 0 || wanted.includes('render')) benchRender(settings)
console.log('')
if (wanted.length === 0 || wanted.includes('cluster')) await benchCluster(settings)
