import { existsSync, readdirSync, readFileSync } from 'node:fs'
import {
  chartsCachePath,
  indexCachePath,
  loadIndexFile,
  loadRepositories,
  type RepositoryEntry,
} from '../../repo/index.ts'
import type { Completion } from '../command.ts'
import type { CliContext } from '../context.ts'

/** Names of the repositories that were added, with their URLs, without those in `except`. Shells narrow them. */
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
  return chartNames(ctx, repository)
    .sort()
    .map((name) => `${repository}/${name}`)
}

/** From the list beside the cached index, else from the index itself. */
function chartNames(ctx: CliContext, repository: string): string[] {
  const { repositoryCache } = ctx.settings
  const path = chartsCachePath(repositoryCache, repository)
  try {
    if (!existsSync(path))
      return [...loadIndexFile(indexCachePath(repositoryCache, repository), () => {}).entries.keys()]
    const names = readFileSync(path, 'utf8').split('\n')
    return names.filter((name) => name !== '')
  } catch {
    return []
  }
}
