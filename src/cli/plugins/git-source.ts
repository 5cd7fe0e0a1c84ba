import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseConstraint, tryParseVersion, compareVersions } from '../../version/index.ts'
import { parseUrl } from '../../repo/index.ts'
import type { CliContext } from '../context.ts'
import { commandFailed } from '../errors.ts'
import { cacheKey, scpAddress } from './cache-key.ts'

/** What Helm says of a source that is neither there nor an address it knows. */
export function unknownSource(source: string, reason: string): Error {
  const hint = "if it's a local directory, does it exist?"
  return commandFailed(`cannot get information about plugin source "${source}" (${hint}), last error was: ${reason}`)
}

/** Throws unless a text may be the address of a Git repository; a folder's address must point to a working copy. */
export function checkRepositoryAddress(source: string): void {
  const url = parseUrl(source)
  const isScp = scpAddress.test(source)
  const isKnown = url?.scheme === 'file' ? existsSync(join(url.path, '.git')) : isScp || (url?.host ?? '') !== ''
  if (!isKnown) throw unknownSource(source, 'Cannot detect VCS')
}

/**
 * Clones a repository into the cache (or brings the clone there up to date), checks out a version, and copies it to `folder`.
 * `version` is a tag, branch or commit, or a constraint on the tags; without one, the default branch counts. As Helm 4
 * `plugin/installer.VCSInstaller`.
 */
export function installFromRepository(ctx: CliContext, source: string, version: string, folder: string): void {
  checkRepositoryAddress(source)
  const clone = join(ctx.folders.cache, 'plugins', cacheKey(source))
  if (existsSync(clone)) {
    ctx.log.debug('updating', { source, destination: clone })
    updateClone(clone)
  } else {
    ctx.log.debug('cloning', { source, destination: clone })
    mkdirSync(dirname(clone), { recursive: true })
    git(dirname(clone), ['clone', '--recursive', '--', source, clone], 'Unable to get repository')
  }
  const reference = version === '' ? '' : referenceFor(ctx, clone, source, version)
  if (reference !== '') {
    ctx.log.debug('setting version', { version })
    git(clone, ['checkout', reference], 'Unable to update checked out version')
    git(clone, ['submodule', 'update', '--init', '--recursive'], 'Unable to update submodules')
  }
  if (!existsSync(join(clone, 'plugin.yaml'))) throw commandFailed('plugin metadata (plugin.yaml) missing')
  ctx.log.debug('copying files', { source: clone, destination: folder })
  cpSync(clone, folder, { recursive: true, verbatimSymlinks: true })
}

function updateClone(clone: string): void {
  const failure = 'Unable to update repository'
  git(clone, ['fetch', '--tags', '--', 'origin'], failure)
  const isDetached = succeeds(clone, ['symbolic-ref', '--quiet', 'HEAD']) === undefined
  if (!isDetached) git(clone, ['pull'], failure)
}

function referenceFor(ctx: CliContext, clone: string, source: string, version: string): string {
  const isReference = ['rev-parse --verify --quiet', 'show-ref'].some(
    (command) => succeeds(clone, [...command.split(' '), version]) !== undefined,
  )
  if (isReference) return version
  const constraint = parseConstraint(version)
  const tags = (succeeds(clone, ['tag', '--list']) ?? '').split('\n').filter((tag) => tag !== '')
  ctx.log.debug('found refs', { refs: `[${tags.join(' ')}]` })
  const versions = tags.flatMap((tag) => tryParseVersion(tag) ?? []).sort((a, b) => compareVersions(b, a))
  const found = versions.find((candidate) => constraint.check(candidate))
  if (found === undefined) {
    throw commandFailed(`requested version "${version}" does not exist for plugin "${source}"`)
  }
  ctx.log.debug('setting to version', { version: found.original })
  return found.original
}

/** Runs Git; what it says is part of the failure, as in Helm. */
function git(folder: string, args: readonly string[], failure: string): void {
  const result = spawnSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['inherit', 'pipe', 'pipe'] })
  if (result.error !== undefined) throw commandFailed(`${failure}: exec: "git": executable file not found in $PATH`)
  if (result.status !== 0) {
    throw commandFailed(`${failure}: ${result.stdout}${result.stderr}: exit status ${result.status ?? -1}`)
  }
}

/** What Git prints; undefined when it fails. */
function succeeds(folder: string, args: readonly string[]): string | undefined {
  const result = spawnSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return result.status === 0 ? result.stdout : undefined
}
