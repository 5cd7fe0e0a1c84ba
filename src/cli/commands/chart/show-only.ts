import { matchPath } from '../../../chart/index.ts'
import { splitManifests } from '../../../manifest/index.ts'

/** The documents of a rendered text that the patterns choose, in the order of the patterns; a text is a pattern that matched nothing. */
export function chooseTemplates(text: string, patterns: readonly string[]): readonly string[] | string {
  const documents = splitManifests(text)
  const chosen: string[] = []
  for (const pattern of patterns) {
    const found = documents.filter((document) => {
      const path = /# Source: [^/]+\/(.+)/.exec(document)?.[1]
      return path !== undefined && matches(pattern, path)
    })
    if (found.length === 0) return pattern
    chosen.push(...found)
  }
  return chosen
}

function matches(pattern: string, path: string): boolean {
  try {
    return matchPath(pattern, path)
  } catch {
    return false
  }
}
