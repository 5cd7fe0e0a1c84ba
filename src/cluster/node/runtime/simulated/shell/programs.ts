import { absolutePath, FileError } from '../file-system.ts'
import { fileTest } from './file-test.ts'
import { bad, type Call, good, type Output, type Program } from './machine.ts'
import { tar } from './tar.ts'
import { networkPrograms } from './network-programs.ts'

/** Splits arguments into single-letter options and the rest. */
function parted(args: readonly string[]): { options: Set<string>; rest: string[] } {
  const options = new Set<string>()
  const rest: string[] = []
  let ended = false
  for (const arg of args) {
    if (arg === '--') ended = true
    else if (!ended && /^-[A-Za-z0-9]+$/.test(arg)) for (const letter of arg.slice(1)) options.add(letter)
    else rest.push(arg)
  }
  return { options, rest }
}

const pathIn = ({ session }: Call, path: string): string => absolutePath(session.folder, path)

/** Runs something for each file; failures are told as `name: path: why`. */
function forEachFile(call: Call, name: string, paths: readonly string[], use: (path: string) => string): Output {
  let stdout = ''
  let stderr = ''
  for (const path of paths) {
    try {
      stdout += use(pathIn(call, path))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      stderr += `${name}: ${path}: ${error.message}\n`
    }
  }
  return { stdout, stderr, code: stderr === '' ? 0 : 1 }
}

/** The text of the named files, or standard input. */
async function textOf(call: Call, name: string, paths: readonly string[]): Promise<Output> {
  const stdin = paths.length === 0 || paths.includes('-') ? (await call.bytes()).toString('utf8') : ''
  if (paths.length === 0) return good(stdin)
  return forEachFile(call, name, paths, (path) => (path.endsWith('/-') ? stdin : call.machine.files.read(path)))
}

function unescaped(text: string): string {
  return text.replace(
    /\\([\\nrt0])/g,
    (_all, letter: string) => ({ '\\': '\\', n: '\n', r: '\r', t: '\t', 0: '\0' })[letter] ?? '',
  )
}

function echo({ args }: Call): Output {
  let rest = [...args]
  let end = '\n'
  let escapes = false
  while (/^-[neE]+$/.test(rest[0] ?? '')) {
    const flags = rest[0] ?? ''
    if (flags.includes('n')) end = ''
    if (flags.includes('e')) escapes = true
    rest = rest.slice(1)
  }
  const text = rest.join(' ')
  return good((escapes ? unescaped(text) : text) + end)
}

function printf({ args: [format = '', ...values] }: Call): Output {
  let at = 0
  const once = (): string =>
    unescaped(format).replace(/%([sd%])/g, (_all, kind: string) =>
      kind === '%' ? '%' : (values[at++] ?? (kind === 'd' ? '0' : '')),
    )
  let text = once()
  while (at > 0 && at < values.length) text += once()
  return good(text)
}

function ls(call: Call): Output {
  const { options, rest } = parted(call.args)
  const { files } = call.machine
  const paths = rest.length === 0 ? ['.'] : rest
  const line = (name: string, folder: boolean): string =>
    options.has('l') ? `${folder ? 'drwxr-xr-x' : '-rw-r--r--'}    1 root     root ${name}\n` : `${name}\n`
  let stderr = ''
  const plain: string[] = []
  const sections: string[] = []
  for (const path of paths) {
    const full = pathIn(call, path)
    if (!files.exists(full)) {
      stderr += `ls: ${path}: No such file or directory\n`
    } else if (!files.isFolder(full) || options.has('d')) plain.push(line(path, files.isFolder(full)))
    else {
      const names = files.list(full).filter((name) => options.has('a') || options.has('A') || !name.startsWith('.'))
      const text = names.map((name) => line(name, files.isFolder(absolutePath(full, name)))).join('')
      sections.push(paths.length > 1 ? `${path}:\n${text}` : text)
    }
  }
  const stdout = [...(plain.length > 0 ? [plain.join('')] : []), ...sections].join('\n')
  return { stdout, stderr, code: stderr === '' ? 0 : 1 }
}

async function head(call: Call, pick: (lines: string[], count: number) => string[]): Promise<Output> {
  const count = /^-(?:n)?(\d+)$/.exec(call.args[0] ?? '')?.[1] ?? (call.args[0] === '-n' ? call.args[1] : undefined)
  const skip = count === undefined ? 0 : call.args[0] === '-n' ? 2 : 1
  const read = await textOf(call, 'head', call.args.slice(skip))
  const lines = read.stdout.replace(/\n$/, '').split('\n')
  return { ...read, stdout: read.stdout === '' ? '' : `${pick(lines, Number(count ?? 10)).join('\n')}\n` }
}

async function grep(call: Call): Promise<Output> {
  const { options, rest } = parted(call.args)
  const [pattern = '', ...paths] = rest
  const read = await textOf(call, 'grep', paths)
  let expression: RegExp
  try {
    expression = new RegExp(
      options.has('F') ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : pattern,
      options.has('i') ? 'i' : '',
    )
  } catch {
    return bad(`grep: bad regex '${pattern}'`, 2)
  }
  const lines = read.stdout.replace(/\n$/, '').split('\n')
  const found = read.stdout === '' ? [] : lines.filter((line) => expression.test(line) !== options.has('v'))
  const code = found.length === 0 ? 1 : 0
  if (options.has('q')) return { ...read, stdout: '', code }
  if (options.has('c')) return { ...read, stdout: `${found.length}\n`, code }
  return { ...read, stdout: found.map((line) => `${line}\n`).join(''), code }
}

async function wc(call: Call): Promise<Output> {
  const { options, rest } = parted(call.args)
  const { stdout: text, ...others } = await textOf(call, 'wc', rest)
  const all: readonly (readonly [string, number])[] = [
    ['l', text.split('\n').length - 1],
    ['w', text.split(/\s+/).filter(Boolean).length],
    ['c', Buffer.byteLength(text)],
  ]
  const shown = all.filter(([letter]) => options.size === 0 || options.has(letter))
  return { ...others, stdout: `${shown.map(([, count]) => count).join(' ')}\n` }
}

async function sleep({ machine, args }: Call): Promise<Output> {
  const seconds = Number.parseFloat(args[0] ?? '')
  if (Number.isNaN(seconds)) return bad(`sleep: invalid number '${args[0] ?? ''}'`)
  await machine.sleep(seconds * 1000)
  return good()
}

function environment({ session }: Call): string {
  return [...session.variables].map(([name, value]) => `${name}=${value}\n`).join('')
}

function date({ machine, args: [format = ''] }: Call): Output {
  const now = new Date(machine.nowMs())
  const iso = now.toISOString()
  if (!format.startsWith('+'))
    return good(`${now.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/, '$1 $3 $2 $5 UTC $4')}\n`)
  const fields: Readonly<Record<string, string>> = {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    s: String(Math.floor(now.getTime() / 1000)),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
  }
  return good(`${format.slice(1).replace(/%(\w)/g, (all, letter: string) => fields[letter] ?? all)}\n`)
}

function changeFolder(call: Call): Output {
  const path = call.args[0] ?? '/root'
  const full = pathIn(call, path)
  if (!call.machine.files.isFolder(full)) return bad(`cd: can't cd to ${path}: No such file or directory`)
  call.session.folder = full
  return good()
}

function copy(call: Call, name: 'cp' | 'mv'): Output {
  const { rest } = parted(call.args)
  const target = rest.pop() ?? ''
  return forEachFile(call, name, rest, (path) => {
    const { files } = call.machine
    const into = pathIn(call, target)
    files.write(
      files.isFolder(into) ? absolutePath(into, path.slice(path.lastIndexOf('/') + 1)) : into,
      files.read(path),
    )
    if (name === 'mv') files.remove(path)
    return ''
  })
}

/** The programs that a simulated container has, whatever its image. */
export const programs: Readonly<Record<string, Program>> = {
  ...networkPrograms,
  '[': (call) => fileTest(call, call.args.slice(0, -1)),
  test: (call) => fileTest(call, call.args),
  ':': () => good(),
  cat: (call) => textOf(call, 'cat', parted(call.args).rest),
  cd: changeFolder,
  cp: (call) => copy(call, 'cp'),
  date,
  df: () => good('Filesystem           1K-blocks      Used Available Use% Mounted on\n'),
  echo,
  env: (call) => good(environment(call)),
  exit({ session, args }) {
    session.exited = true
    return { ...good(), code: Number(args[0] ?? session.lastCode) }
  },
  export({ session, args }) {
    for (const arg of args) {
      const at = arg.indexOf('=')
      if (at > 0) session.variables.set(arg.slice(0, at), arg.slice(at + 1))
    }
    return good()
  },
  false: () => ({ ...good(), code: 1 }),
  grep,
  head: (call) => head(call, (lines, count) => lines.slice(0, count)),
  hostname({ machine, args }) {
    const [flag] = args
    return good(
      `${flag === '-i' || flag === '-I' ? machine.address : flag === '-f' ? machine.fullName : machine.hostname}\n`,
    )
  },
  id: () => good('uid=0(root) gid=0(root) groups=0(root)\n'),
  kill: () => good(),
  ls,
  mkdir: (call) =>
    forEachFile(call, 'mkdir', parted(call.args).rest, (path) => {
      const parts = path.split('/').slice(1)
      for (let i = 1; i <= parts.length; i++) {
        const part = `/${parts.slice(0, i).join('/')}`
        const last = i === parts.length
        if (!call.machine.files.exists(part) && (last || parted(call.args).options.has('p')))
          call.machine.files.makeFolder(part)
      }
      return ''
    }),
  mv: (call) => copy(call, 'mv'),
  printenv(call) {
    const [name] = call.args
    if (name === undefined) return good(environment(call))
    const value = call.session.variables.get(name)
    return value === undefined ? { ...good(), code: 1 } : good(`${value}\n`)
  },
  printf,
  ps: ({ machine }) => good(`PID   USER     TIME  COMMAND\n    1 root      0:00 ${machine.process.join(' ')}\n`),
  pwd: ({ session }) => good(`${session.folder}\n`),
  rm(call) {
    const { options, rest } = parted(call.args)
    const result = forEachFile(call, 'rm', rest, (path) => {
      call.machine.files.remove(path)
      return ''
    })
    return options.has('f') ? good() : result
  },
  set: () => good(),
  sleep,
  async sort(call) {
    const read = await textOf(call, 'sort', parted(call.args).rest)
    return {
      ...read,
      stdout: read.stdout
        .split('\n')
        .slice(0, -1)
        .sort()
        .map((line) => `${line}\n`)
        .join(''),
    }
  },
  tar,
  tail: (call) => head(call, (lines, count) => lines.slice(-count)),
  async tee(call) {
    const text = (await call.bytes()).toString('utf8')
    const written = forEachFile(call, 'tee', parted(call.args).rest, (path) => {
      call.machine.files.write(path, text)
      return ''
    })
    return { ...written, stdout: text }
  },
  touch: (call) =>
    forEachFile(call, 'touch', parted(call.args).rest, (path) => {
      if (!call.machine.files.exists(path)) call.machine.files.write(path, '')
      return ''
    }),
  true: () => good(),
  uname: ({ machine, args }) => good(args.includes('-n') ? `${machine.hostname}\n` : 'Linux\n'),
  wc,
  whoami: () => good('root\n'),
}
