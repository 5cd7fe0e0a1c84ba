// `npm run bench [-- render|library|repositories|releases|cluster|load] [--rounds N]`: prints tables; ratios where a `helm` is on the PATH.
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { setUp, root } from '../scripts/lib/setup.js'
import { benchCluster } from './cluster.js'
import { benchLibrary } from './library.js'
import { benchLoad } from './load.js'
import { benchReleases } from './releases.js'
import { benchRender } from './render.js'
import { benchRepositories } from './repositories.js'

setUp()
const { Command, Argument } = await import('commander')
const parts = {
  render: benchRender,
  library: benchLibrary,
  repositories: benchRepositories,
  releases: benchReleases,
  cluster: benchCluster,
  load: benchLoad,
}
const program = new Command('npm run bench --')
  .description('times chartctl, and Helm in the same run where a `helm` is on the PATH')
  .addArgument(new Argument('[parts...]', 'what to time; everything when absent').choices(Object.keys(parts)))
  .option('--rounds <count>', 'runs of each command; the median counts', '7')
  .parse()
const rounds = Number(program.opts().rounds)
const wanted = program.args
const found = spawnSync('helm', ['version', '--template', '{{.Version}}'], { encoding: 'utf8' })
const helm = found.status === 0 ? 'helm' : undefined
const settings = { root, node: process.execPath, helm, rounds }

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, helm ${helm ? found.stdout.trim() : 'not found'}\n`,
)
for (const [name, bench] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  await bench(settings)
  console.log('')
}
