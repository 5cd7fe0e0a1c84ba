import { lstatSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { type Dependency, dependencyRecord } from '../../chart/index.ts'
import { emitYamlFromJson } from '../../encoding/index.ts'
import { fileError, repoError } from '../errors.ts'
import { type PrintedValue, printStructJson } from '../struct-json.ts'

/** The exact versions that dependencies were resolved to. */
export interface DependencyLock {
  /** RFC 3339. */
  readonly generated: string
  readonly digest: string
  readonly dependencies: readonly Dependency[]
}

/** The digest of Chart.lock: over the dependencies as Chart.yaml lists them and as they were resolved. */
export function lockDigest(wanted: readonly Dependency[], locked: readonly Dependency[]): string {
  return `sha256:${sha256Of([wanted.map(dependencyRecord), locked.map(dependencyRecord)])}`
}

/** The digest that Helm 2 wrote: over the dependencies of requirements.yaml only. */
export function legacyLockDigest(wanted: readonly Dependency[]): string {
  return `sha256:${sha256Of({ dependencies: wanted.map(dependencyRecord) })}`
}

/** Writes Chart.lock (requirements.lock for charts of API version 1); a link in its place is refused. */
export function writeLock(chartFolder: string, lock: DependencyLock, options: { readonly legacy: boolean }): void {
  const name = options.legacy ? 'requirements.lock' : 'Chart.lock'
  const path = join(chartFolder, name)
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    throw repoError('FILE', `the ${name} file is a symlink to "${readlinkSync(path)}"`)
  }
  const record = {
    dependencies: lock.dependencies.map(dependencyRecord),
    digest: lock.digest,
    generated: lock.generated,
  }
  try {
    writeFileSync(path, emitYamlFromJson(record), { mode: 0o644 })
  } catch (error) {
    throw fileError(error, 'open', path)
  }
}

function sha256Of(value: PrintedValue): string {
  return createHash('sha256').update(printStructJson(value)).digest('hex')
}
