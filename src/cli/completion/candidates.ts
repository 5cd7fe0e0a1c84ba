import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chartsCachePath, loadRepositories, type RepositoryEntry } from '../../repo/index.ts'
import type { Completion } from '../command.ts'
import type { CliContext } from '../context.ts'

/** Names of the repositories that were added, with their URLs, without those in `except`. */
export function repositoryNames(ctx: CliContext, except: readonly string[] = []): string[] {
  return repositories(ctx)
    .filter((entry) => !except.includes(entry.name))
    .map((entry) => `${entry.name}\t${entry.url}`)
}

/** Charts for an argument: repositories, the charts of the one that is typed, URL prefixes, and files when they are wanted. */
export function chartCandidates(ctx: CliContext, prefix: string, options: { readonly files: boolean }): Completion {
  const candidates: string[] = []
  let noSpace = false
  let noFile = false
  for (const { name, url } of repositories(ctx)) {
    if (prefix.startsWith(`${name}/`)) {
      candidates.push(...chartsOf(ctx, name))
      noSpace = false
      break
    }
    if (name.startsWith(prefix)) {
      candidates.push(`${name}/\t${url}`)
      noSpace = true
    }
  }
  for (const url of [
    'oci://\ta chart in an OCI registry',
    'https://\tURL of a chart',
    'http://\tURL of a chart',
    'file://\tpath of a chart',
  ]) {
    if (prefix.startsWith(url.split('\t')[0] ?? '')) {
      noFile = true
      noSpace = true
    } else if (url.startsWith(prefix)) {
      candidates.push(url)
      noSpace = true
    }
  }
  if (options.files && candidates.length > 0 && prefix !== '') {
    candidates.push(...readdirSync('.').filter((name) => name.startsWith(prefix)))
  }
  if (options.files && prefix === '') candidates.push('./\tpath of a chart from here', '/\tabsolute path of a chart')
  return { candidates, noSpace, files: options.files && !noFile }
}

function repositories(ctx: CliContext): readonly RepositoryEntry[] {
  try {
    return loadRepositories(ctx.settings.repositoryConfig).repositories
  } catch {
    return []
  }
}

function chartsOf(ctx: CliContext, repository: string): string[] {
  const path = chartsCachePath(ctx.settings.repositoryCache, repository)
  if (!existsSync(path)) return []
  const names = readFileSync(path, 'utf8')
    .split('\n')
    .filter((name) => name !== '')
  return names.sort().map((name) => `${repository}/${name}`)
}
