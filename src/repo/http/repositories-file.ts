import { realpathSync, statSync } from 'node:fs'
import { errorText, type Random } from '../../base/index.ts'
import { decodeTyped, emitYamlFromJson, parseYaml, type TypeSpec } from '../../encoding/index.ts'
import { RepoError, repoError } from '../errors.ts'
import { makeParent, readText, writeFileAtomically } from '../files.ts'

/** A repository that was added: an entry of repositories.yaml. */
export interface RepositoryEntry {
  readonly name: string
  readonly url: string
  readonly username: string
  readonly password: string
  readonly certFile: string
  readonly keyFile: string
  readonly caFile: string
  readonly insecureSkipTlsVerify: boolean
  readonly passCredentialsAll: boolean
}

/** repositories.yaml. */
export interface RepositoriesFile {
  readonly apiVersion: string
  readonly generated: string
  readonly repositories: readonly RepositoryEntry[]
}

const text: TypeSpec = { kind: 'string' }
const fileType: TypeSpec = {
  kind: 'struct',
  name: 'File',
  goType: 'repo.File',
  fields: {
    apiVersion: text,
    generated: { kind: 'time' },
    repositories: {
      kind: 'list',
      goType: '[]*repo.Entry',
      element: {
        kind: 'struct',
        name: 'Entry',
        goType: 'repo.Entry',
        pointer: true,
        fields: {
          name: text,
          url: text,
          username: text,
          password: text,
          certFile: text,
          keyFile: text,
          caFile: text,
          insecure_skip_tls_verify: { kind: 'bool' },
          pass_credentials_all: { kind: 'bool' },
        },
      },
    },
  },
}

/** No repositories. */
const noRepositories: RepositoriesFile = { apiVersion: '', generated: '0001-01-01T00:00:00Z', repositories: [] }

/** An entry with only name and URL. */
export function plainEntry(name: string, url: string): RepositoryEntry {
  return {
    name,
    url,
    username: '',
    password: '',
    certFile: '',
    keyFile: '',
    caFile: '',
    insecureSkipTlsVerify: false,
    passCredentialsAll: false,
  }
}

/** Reads repositories.yaml. A missing file is an error whose details say ENOENT (`isMissingFile`). */
export function loadRepositories(path: string): RepositoriesFile {
  let source: string
  try {
    source = readText(path)
  } catch (error) {
    const message = `couldn't load repositories file (${path}): ${errorText(error)}`
    throw new RepoError('FILE', message, error instanceof RepoError ? error.details : {}, error)
  }
  return parseRepositories(source)
}

/** Reads repositories.yaml; a missing file counts as empty. */
export function loadRepositoriesIfAny(path: string): RepositoriesFile {
  try {
    return loadRepositories(path)
  } catch (error) {
    if (error instanceof RepoError && error.details.code === 'ENOENT') return noRepositories
    throw error
  }
}

/** Parses the text of repositories.yaml. */
function parseRepositories(source: string): RepositoriesFile {
  const { value, problem } = decodeTyped(parseYaml(source), fileType)
  if (problem !== undefined) throw repoError('FILE', `error unmarshaling JSON: while decoding JSON: ${problem}`)
  const record = value as Record<string, unknown>
  const list = (record.repositories as (Record<string, unknown> | null)[] | null | undefined) ?? []
  return {
    apiVersion: textOf(record.apiVersion),
    generated: textOf(record.generated) || noRepositories.generated,
    repositories: list.filter((item) => item !== null).map(entryOf),
  }
}

/** The entry called `name`. */
export function findRepository(file: RepositoriesFile, name: string): RepositoryEntry | undefined {
  return file.repositories.find((entry) => entry.name === name)
}

/** Replaces the entry of that name, or appends it. */
export function withRepository(file: RepositoriesFile, entry: RepositoryEntry): RepositoriesFile {
  const known = file.repositories.some((other) => other.name === entry.name)
  const repositories = known
    ? file.repositories.map((other) => (other.name === entry.name ? entry : other))
    : [...file.repositories, entry]
  return { ...file, repositories }
}

/** Removes the entry of that name. */
export function withoutRepository(file: RepositoriesFile, name: string): RepositoriesFile {
  return { ...file, repositories: file.repositories.filter((entry) => entry.name !== name) }
}

/** Whether two entries say the same. */
export function sameRepository(a: RepositoryEntry, b: RepositoryEntry): boolean {
  return (Object.keys(a) as (keyof RepositoryEntry)[]).every((key) => a[key] === b[key])
}

/**
 * Writes repositories.yaml in one step; a new file is readable by its owner only (it may hold passwords), an old one keeps its
 * mode. A link stays a link.
 */
export function saveRepositories(file: RepositoriesFile, path: string, random: Random): void {
  const record = {
    apiVersion: file.apiVersion,
    generated: file.generated,
    repositories: file.repositories.map((entry) => ({
      name: entry.name,
      url: entry.url,
      username: entry.username,
      password: entry.password,
      certFile: entry.certFile,
      keyFile: entry.keyFile,
      caFile: entry.caFile,
      insecure_skip_tls_verify: entry.insecureSkipTlsVerify,
      pass_credentials_all: entry.passCredentialsAll,
    })),
  }
  makeParent(path)
  const target = targetOf(path)
  const old = statSync(target, { throwIfNoEntry: false })
  const mode = old === undefined ? 0o600 : old.mode & 0o777
  writeFileAtomically(target, emitYamlFromJson(record), { mode, random })
}

/** The file itself behind links. */
function targetOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function entryOf(record: Record<string, unknown>): RepositoryEntry {
  return {
    name: textOf(record.name),
    url: textOf(record.url),
    username: textOf(record.username),
    password: textOf(record.password),
    certFile: textOf(record.certFile),
    keyFile: textOf(record.keyFile),
    caFile: textOf(record.caFile),
    insecureSkipTlsVerify: record.insecure_skip_tls_verify === true,
    passCredentialsAll: record.pass_credentials_all === true,
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
