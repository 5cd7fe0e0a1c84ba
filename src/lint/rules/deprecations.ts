import type { KubeVersion } from '../../render/index.ts'
import { deprecations } from './deprecation-data.ts'

const byKind = new Map(deprecations.map((entry) => [entry[0], entry]))

/** The warning for a kind that is deprecated in the given version of Kubernetes; undefined when it is not. */
export function deprecationProblem(apiVersion: string, kind: string, kube: KubeVersion): string | undefined {
  const entry = apiVersion === '' || kind === '' ? undefined : byKind.get(`${apiVersion} ${kind}`)
  if (!entry) return undefined
  const [name, since, removed, replacement] = entry
  const [major = 0, minor = 0] = since.split('.').map(Number)
  const current = [Number(kube.major), Number(kube.minor)] as const
  if (major > current[0] || (major === current[0] && minor > current[1])) return undefined
  const gone = removed === '' ? '' : `, unavailable in v${removed}+`
  const instead = replacement === '' ? '' : `; use ${replacement}`
  return `${name} is deprecated in v${since}+${gone}${instead}`
}
