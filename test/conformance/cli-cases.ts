import { createServer, type Server } from 'node:http'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { list } from 'tar'
import { readArchive } from '../../src/chart/index.ts'
import { capturedOutput, fixedInput, runCli } from '../../src/cli/index.ts'
import { expectation, type FileState, SessionFolders, type SetupAction } from './cli-session.ts'
import { compareHelp, type HelpRecord } from './help-cases.ts'
import { startRegistries } from './oci-registries.ts'
import { type CaseResult, difference, type FamilyRunner, readLines } from './runner.ts'

interface FileRecord {
  readonly path: string
  readonly change: 'created' | 'changed' | 'removed'
  readonly mode?: string
  readonly type?: string
  readonly content?: string
  readonly contentOurs?: boolean
  readonly sameAs?: string
  readonly unordered?: boolean
  readonly tar?: readonly { readonly name: string; readonly size: number; readonly mode: string }[]
  readonly size?: number
  readonly sha256?: string
}

interface CliRecord {
  readonly id: string
  readonly session: string
  readonly setup: readonly SetupAction[]
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly exit: number
  readonly stdout: string | null
  readonly stderr: string | null
  readonly files?: readonly FileRecord[]
}

const ports = { PORT: '18879', OCIPORT: '15879', AUTHPORT: '15880', DEADPORT: '19999' }

/** Cases of `cli/*.jsonl`: sessions of command lines, run in this process. */
export const runCliFile: FamilyRunner = async (file, report) => {
  const conformance = resolve(dirname(file), '..')
  const places = {
    ...ports,
    REPO: resolve(conformance, '../repo'),
    FIXTURES: join(dirname(file), 'fixtures'),
    HELM_BIN: '/usr/local/bin/helm',
  }
  if (basename(file) === 'help.jsonl') {
    for (const record of readLines<HelpRecord>(file)) report(await runHelp(record, places))
    return
  }
  const records = readLines<CliRecord>(file)
  const needsRegistries = basename(file) === 'oci.jsonl'
  const registries = needsRegistries
    ? await startRegistries({ open: Number(ports.OCIPORT), secured: Number(ports.AUTHPORT) })
    : undefined
  if (needsRegistries && !registries) {
    for (const { id } of records) report({ id, status: 'skipped', detail: 'docker-registry is not installed' })
    return
  }
  served ??= serveFolder(places.REPO, Number(ports.PORT))
  await served
  const folders = new SessionFolders(places)
  const before = process.cwd()
  try {
    for (const record of records) report(await runRecord(record, folders))
  } finally {
    process.chdir(before)
    folders.close()
    registries?.close()
  }
}

/** One server for all sessions: connections to it are kept alive between commands. */
let served: Promise<Server> | undefined

async function runHelp(record: HelpRecord, places: Readonly<Record<string, string>>): Promise<CaseResult> {
  const folders = new SessionFolders(places)
  try {
    const stdout = capturedOutput()
    const stderr = capturedOutput()
    const words = record.command === '' ? [] : record.command.split(' ')
    const argv = words[0] === 'help' && words[1] !== 'help' ? words : [...words, '--help']
    await runCli(argv, { io: { stdin: fixedInput(), stdout, stderr }, env: environment(folders, {}) })
    return compareHelp(record, stdout.text(), (text) => folders.fill(text))
  } finally {
    folders.close()
  }
}

function environment(folders: SessionFolders, extra: Readonly<Record<string, string>>): Record<string, string> {
  const { root } = folders
  const env: Record<string, string> = {
    HOME: join(root, 'home'),
    HELM_CACHE_HOME: join(root, 'cache'),
    HELM_CONFIG_HOME: join(root, 'config'),
    HELM_DATA_HOME: join(root, 'data'),
    TZ: 'UTC',
    PATH: process.env.PATH ?? '',
    CHARTCTL_NAME: 'helm',
  }
  for (const [name, value] of Object.entries(extra)) env[name] = folders.fill(value)
  return env
}

async function runRecord(record: CliRecord, folders: SessionFolders): Promise<CaseResult> {
  const { id } = record
  try {
    await folders.prepare(record.setup)
    process.chdir(folders.fill(record.cwd))
    const before = folders.snapshot()
    const stdout = capturedOutput()
    const stderr = capturedOutput()
    const exit = await runCli(
      record.argv.map((argument) => folders.fill(argument)),
      {
        io: { stdin: fixedInput(record.stdin ?? ''), stdout, stderr },
        env: environment(folders, record.env ?? {}),
        programPath: folders.places.HELM_BIN ?? 'helm',
      },
    )
    const problem =
      textProblem('stdout', completionNames(record, stdout.text()), record.stdout, folders) ??
      textProblem('stderr', stderr.text(), record.stderr, folders) ??
      (exit === record.exit ? undefined : `exit ${exit}, want ${record.exit}`) ??
      (await filesProblem(record, before, folders))
    return problem === undefined ? { id, status: 'passed' } : { id, status: 'failed', detail: problem }
  } catch (error) {
    return { id, status: 'failed', detail: `threw ${error instanceof Error ? error.stack : error}` }
  }
}

/** Completions without their descriptions and without our own commands: the recordings hold Helm's names only. */
function completionNames(record: CliRecord, text: string): string {
  if (record.argv[0] !== '__complete') return text
  const wanted = new Set((record.stdout ?? '').split('\n'))
  const names = text.split('\n').map((line) => line.split('\t')[0] ?? '')
  return names.filter((name) => wanted.has(name) || name.startsWith(':')).join('\n')
}

function textProblem(what: string, actual: string, wanted: string | null, folders: SessionFolders): string | undefined {
  if (wanted === null) return undefined
  if (expectation(steady(wanted), folders).test(steady(actual))) return undefined
  if (/successfully got an update/i.test(wanted)) {
    const sorted = (text: string): string => text.split('\n').sort().join('\n')
    if (expectation(sorted(wanted), folders).test(sorted(actual))) return undefined
  }
  return difference(what, actual, folders.fill(wanted))
}

async function filesProblem(
  record: CliRecord,
  before: ReadonlyMap<string, FileState>,
  folders: SessionFolders,
): Promise<string | undefined> {
  if (!record.files && (record.session === 'lint' || record.session === 'help')) return undefined
  const after = folders.snapshot()
  const expected = new Map((record.files ?? []).map((entry) => [entry.path, entry]))
  for (const [path, state] of after) {
    const known = before.get(path)
    const isChange = !known || known.digest !== state.digest || known.mode !== state.mode
    if (isChange && state.bytes !== undefined && !expected.has(path))
      return `${path} was ${known ? 'changed' : 'created'}`
  }
  for (const path of before.keys()) {
    const isFile = before.get(path)?.bytes !== undefined
    if (isFile && !after.has(path) && !expected.has(path)) return `${path} was removed`
  }
  for (const entry of expected.values()) {
    const problem = await fileProblem(entry, after.get(entry.path), folders)
    if (problem !== undefined) return `${entry.path}: ${problem}`
  }
  return undefined
}

async function fileProblem(
  entry: FileRecord,
  state: FileState | undefined,
  folders: SessionFolders,
): Promise<string | undefined> {
  if (entry.change === 'removed') return state ? 'still there' : undefined
  if (entry.type === 'emptydir') {
    const path = join(folders.root, entry.path)
    return existsSync(path) && statSync(path).isDirectory() ? undefined : 'folder is missing'
  }
  if (!state?.bytes) return 'missing'
  if (entry.mode !== undefined && Number(entry.mode.replace(/^0o/, '0o')) !== state.mode) {
    return `mode 0o${state.mode.toString(8)}, want ${entry.mode}`
  }
  if (entry.contentOurs) return undefined
  if (entry.content !== undefined) {
    const text = state.bytes.toString('utf8')
    const order = (value: string): string => (entry.unordered ? value.split('\n').sort().join('\n') : value)
    if (expectation(steady(order(entry.content)), folders).test(steady(order(text)))) return undefined
    return difference('content', text, folders.fill(entry.content))
  }
  if (entry.sameAs !== undefined) {
    const source = readFileSync(join(folders.places.REPO ?? '', folders.fill(entry.sameAs).replace(/^repo\//, '')))
    const isSame = source.equals(state.bytes) || (entry.path.endsWith('.tgz') && isSameArchive(source, state.bytes))
    return isSame ? undefined : `differs from ${entry.sameAs}`
  }
  if (entry.tar) return tarProblem(join(folders.root, entry.path), entry.tar)
  if (entry.sha256 !== undefined && entry.sha256 !== state.digest) return `sha256 ${state.digest}, want ${entry.sha256}`
  if (entry.size !== undefined && entry.size !== state.bytes.length)
    return `size ${state.bytes.length}, want ${entry.size}`
  return undefined
}

async function tarProblem(path: string, wanted: NonNullable<FileRecord['tar']>): Promise<string | undefined> {
  const members: { name: string; size: number; mode: string }[] = []
  await list({
    file: path,
    onReadEntry: (entry) => {
      members.push({ name: entry.path, size: entry.size ?? 0, mode: `0o${(entry.mode ?? 0).toString(8)}` })
    },
  })
  // Helm writes sub-charts in random order, and the recordings hold 200 members at most.
  // The time in Chart.lock has as many digits as it needs, so its size is not fixed.
  const text = (items: readonly { readonly name: string; readonly size: number; readonly mode: string }[]): string[] =>
    items.map((item) => JSON.stringify(item.name.endsWith('/Chart.lock') ? { ...item, size: 0 } : item)).sort()
  const actual = text(members)
  const expected = text(wanted)
  const listed = expected.length < 200 ? actual : actual.filter((item) => expected.includes(item))
  return listed.join('\n') === expected.join('\n')
    ? undefined
    : difference('members', listed.join('\n'), expected.join('\n'))
}

/** Whether two archives hold the same members; their times are those of the files that were packaged. */
function isSameArchive(a: Buffer, b: Buffer): boolean {
  const contents = (bytes: Buffer): string =>
    readArchive(bytes)
      .map(({ name, data }) => `${name}\0${Buffer.from(data).toString('base64')}`)
      .join('\n')
  return contents(a) === contents(b)
}

/**
 * A text without what differs from run to run and is not marked in the recordings: digits of temporary files, signatures, and
 * digests of manifests that hold the time at which the archive was packaged.
 */
function steady(text: string): string {
  const isFresh = /1\.0\.0[+_]build\.7/.test(text)
  return text
    .replace(/(tmpcharts-|\.tgz)\d+/g, '$1N')
    .replace(/(-----BEGIN PGP SIGNATURE-----)[^-]*/g, '$1')
    .replace(isFresh ? /sha256:[0-9a-f]{64}/g : /$^/, 'sha256:DIGEST')
}

/** A plain file server that answers like the one of the recording. */
function serveFolder(folder: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname))
    if (!path.startsWith(folder) || !statSync(path, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404, 'File not found', { 'content-type': 'text/html;charset=utf-8' })
      response.end('File not found')
      return
    }
    const type = path.endsWith('.tgz') ? 'application/gzip' : 'application/octet-stream'
    response.writeHead(200, { 'content-type': type })
    response.end(request.method === 'HEAD' ? undefined : readFileSync(path))
  })
  return listenWhenFree(server, port)
}

/** Listens on a port; while another run has it, waits up to a minute. */
function listenWhenFree(server: Server, port: number): Promise<Server> {
  const deadline = Date.now() + 60_000
  return new Promise((done, fail) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || Date.now() > deadline) fail(error)
      else setTimeout(() => server.listen(port, '127.0.0.1'), 500)
    })
    server.listen(port, '127.0.0.1', () => done(server.unref()))
  })
}
