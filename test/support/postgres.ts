import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A PostgreSQL server of a test's own, reached through a socket. */
export interface PostgresServer {
  /** The connection string of a database without tables. */
  readonly connection: string
  stop(): Promise<void>
}

/** The folder of PostgreSQL's programs: that of the PATH, else Debian's newest. */
function binaries(): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v initdb'], { encoding: 'utf8' }).stdout.trim()
  if (found !== '') return join(found, '..')
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map((version) => join(root, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')))
}

/** Why no server can be started here; undefined when it can. */
export function whyNoPostgres(): string | undefined {
  if (binaries() === undefined) return 'PostgreSQL (initdb) is not installed'
  return isRoot() && account() === undefined
    ? 'PostgreSQL does not run as root, and there is no user postgres'
    : undefined
}

const isRoot = (): boolean => process.getuid?.() === 0

/** The user whom the server runs as where we are root. */
function account(): { uid: number; gid: number } | undefined {
  const id = (flag: string) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' })
  const [uid, gid] = [id('-u'), id('-g')]
  return uid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined
}

/** Starts a server in a folder of its own, without network and without waiting for the disk. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'chartctl-pg-'))
  const as = isRoot() ? account() : undefined
  if (as !== undefined) chownSync(folder, as.uid, as.gid)
  chmodSync(folder, 0o755)
  const bin = binaries() ?? ''
  const data = join(folder, 'data')
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'helm', '--no-sync', '-E', 'UTF8'], {
    ...as,
    cwd: folder,
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new TypeError(`initdb: ${made.stderr}`)
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'max_connections=20'],
    { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let log = ''
    server.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new TypeError(`postgres: ${log}`)))
  })
  return {
    connection: `host=${folder} user=helm dbname=postgres`,
    async stop() {
      server.kill('SIGINT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
