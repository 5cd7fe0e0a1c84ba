import { existsSync, readFileSync } from 'node:fs'
import { parseYamlToJson } from '../../encoding/index.ts'
import { indexCachePath, loadIndexFile } from '../../repo/index.ts'
import type { CliContext } from '../context.ts'
import { kubeconfigFiles } from '../namespace.ts'

/** Names of the kubeconfig's contexts, each with its cluster. */
export function contextCandidates(ctx: CliContext): string[] {
  const found = new Map<string, string>()
  for (const file of kubeconfigFiles(ctx.settings, ctx.env, ctx.folders.home)) {
    if (!existsSync(file)) continue
    try {
      const config = parseYamlToJson(readFileSync(file, 'utf8')) as { contexts?: readonly NamedContext[] } | null
      for (const { name = '', context } of config?.contexts ?? []) {
        if (!found.has(name)) found.set(name, context?.cluster ?? '')
      }
    } catch {
      return []
    }
  }
  return [...found].map(([name, cluster]) => `${name}\t${cluster}`)
}

interface NamedContext {
  readonly name?: string
  readonly context?: { readonly cluster?: string } | null
}

/** Where the chart stands among the arguments when the flag `--version` is completed; as Helm, only with that many arguments. */
const chartPositions: readonly (readonly [command: RegExp, count: number])[] = [
  [/^(pull|show \w+)$/, 1],
  [/^(template|install|upgrade)$/, 2],
]

/** The versions of the chart among the arguments of a command, newest first, as the cached index lists them. */
export function versionCandidates(
  ctx: CliContext,
  command: string,
  args: readonly string[],
  isNamed: boolean,
): string[] {
  const count = chartPositions.find(([pattern]) => pattern.test(command))?.[1]
  const wanted = count === 2 && isNamed ? 1 : count
  if (wanted === undefined || args.length !== wanted) return []
  const [repository = '', chart, more] = (args[wanted - 1] ?? '').split('/')
  if (chart === undefined || more !== undefined) return []
  try {
    const index = loadIndexFile(indexCachePath(ctx.settings.repositoryCache, repository), () => {})
    return (index.entries.get(chart) ?? []).map(({ metadata, created }) => {
      const app = metadata.appVersion === '' ? '' : `App: ${metadata.appVersion}, `
      return `${metadata.version}\t${app}Created: ${dayOf(created)} ${metadata.deprecated ? '(deprecated)' : ''}`
    })
  } catch {
    return []
  }
}

const months = 'January February March April May June July August September October November December'.split(' ')

function dayOf(created: string): string {
  const [, year = '1', month = '1', day = '1'] = /^(\d+)-(\d+)-(\d+)/.exec(created) ?? []
  return `${months[Number(month) - 1] ?? ''} ${Number(day)}, ${year.padStart(4, '0')}`
}
