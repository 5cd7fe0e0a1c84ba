import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { extract } from 'tar'

/** One action before a command. */
export type SetupAction = Readonly<Record<string, string>>

/** Fixed places and ports of a session, by placeholder name. */
export type Places = Readonly<Record<string, string>>

/** What a file below the session's folder is. */
export interface FileState {
  readonly mode: number
  readonly bytes: Buffer | undefined
  readonly digest: string
}

/** The folders of one session; `close` removes them. */
export class SessionFolders {
  readonly root: string
  readonly places: Places

  constructor(places: Places) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'chartctl-cli-')))
    this.places = { ...places, TMP: this.root }
    for (const name of ['work', 'home', 'config', 'cache', 'data']) mkdirSync(join(this.root, name))
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  /** Fills in placeholders that stand for places. */
  fill(text: string): string {
    return text.replace(/\{\{([A-Z_]+)\}\}/g, (whole, name: string) => this.places[name] ?? whole)
  }

  /** Does the actions of a record. */
  async prepare(actions: readonly SetupAction[]): Promise<void> {
    for (const action of actions) await this.#act(action)
  }

  /** All files and empty folders, by path below the root. */
  snapshot(): Map<string, FileState> {
    const files = new Map<string, FileState>()
    const visit = (folder: string, prefix: string): void => {
      const names = readdirSync(folder)
      if (names.length === 0 && prefix !== '') files.set(prefix, { mode: 0, bytes: undefined, digest: '' })
      for (const name of names) {
        const path = join(folder, name)
        const stats = lstatSync(path)
        if (stats.isDirectory()) visit(path, `${prefix}${name}/`)
        else {
          const bytes = stats.isFile() ? readFileSync(path) : Buffer.from('')
          const digest = createHash('sha256').update(bytes).digest('hex')
          files.set(`${prefix}${name}`, { mode: stats.mode & 0o777, bytes, digest })
        }
      }
    }
    visit(this.root, '')
    return files
  }

  #path(text: string): string {
    const filled = this.fill(text)
    return isAbsolute(filled) ? filled : join(this.root, filled)
  }

  async #act(action: SetupAction): Promise<void> {
    const repo = this.places.REPO ?? ''
    const to = action.to === undefined ? '' : this.#path(action.to)
    if (to !== '') mkdirSync(dirname(to), { recursive: true })
    if (action.write !== undefined) {
      const path = this.#path(action.write)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, this.fill(action.content ?? ''))
    } else if (action.copyFixture !== undefined) {
      cpSync(join(this.places.FIXTURES ?? '', action.copyFixture), to, { recursive: true })
      makeWritable(to, fixtureTime)
    } else if (action.copyRepo !== undefined) {
      cpSync(join(repo, action.copyRepo), to)
      makeWritable(to, repoTime)
    } else if (action.untarRepo !== undefined) {
      mkdirSync(to, { recursive: true })
      await extract({ file: join(repo, action.untarRepo), cwd: to })
    } else if (action.copy !== undefined) cpSync(this.#path(action.copy), to, { recursive: true })
    else if (action.replace !== undefined) {
      const path = this.#path(action.replace)
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.replaceAll(this.fill(action.old ?? ''), this.fill(action.new ?? '')))
    } else if (action.remove !== undefined) rmSync(this.#path(action.remove), { recursive: true, force: true })
    else if (action.mkdir !== undefined) mkdirSync(this.#path(action.mkdir), { recursive: true })
    else throw new Error(`unknown setup action ${JSON.stringify(action)}`)
  }
}

/** Modification time of files of the repository in the recordings … */
const repoTime = new Date('2026-05-04T03:02:01Z')
/** … and that of the fixtures when the archives in the repository were packaged from them. */
const fixtureTime = new Date('2026-11-21T09:31:19Z')

/** Recordings are read-only; copies must not be. Their files get a fixed time, which archives show. */
function makeWritable(path: string, time: Date): void {
  if (!existsSync(path)) return
  const stats = lstatSync(path)
  chmodSync(path, stats.isDirectory() ? 0o755 : 0o644)
  if (stats.isDirectory()) for (const name of readdirSync(path)) makeWritable(join(path, name), time)
  else utimesSync(path, time, time)
}

/** A recorded text as an expression: places filled in, what varies from run to run free. */
export function expectation(text: string, folders: SessionFolders): RegExp {
  const filled = folders.fill(text)
  const free: Readonly<Record<string, string>> = { TIME: '[^\\n]*?', RAND: '\\d+', EPHEMERAL: '\\d+' }
  const source = filled
    .split(/(\{\{(?:TIME|RAND|EPHEMERAL)\}\})/)
    .map((part) => free[/^\{\{([A-Z]+)\}\}$/.exec(part)?.[1] ?? ''] ?? part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('')
  return new RegExp(`^${source}$`)
}
