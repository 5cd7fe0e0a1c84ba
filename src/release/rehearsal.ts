import { posix } from 'node:path'
import { silentLog } from '../base/index.ts'
import { type Chart, type ChartFile, processDependencies } from '../chart/index.ts'
import { RepeatableKeys, renderFiles } from '../render/index.ts'
import type { DeployRequest } from './actions/request.ts'
import type { LookupRequest } from './lookup.ts'
import { drawsKeys } from './pending-keys.ts'
import type { ReleasePorts } from './ports.ts'
import { type Rehearsal, renderOptions, type RenderSubject } from './rendering.ts'

/**
 * Renders the templates of a chart that draw keys while the cluster is still being asked what it can do: making
 * keys, on other threads, takes longest. Never rejects; what goes wrong here, where nothing is known of the cluster, may go well
 * later.
 */
export async function rehearse(
  ports: ReleasePorts,
  request: DeployRequest,
  subject: RenderSubject,
): Promise<Rehearsal> {
  const keys = new RepeatableKeys()
  const lookups: LookupRequest[] = []
  const only = drawing(subject.chart)
  if (only === undefined) return { keys, lookups }
  // What was begun before, such as a connection, gets under way first.
  await new Promise((resolve) => setImmediate(resolve))
  const options = renderOptions(ports, request, subject)
  try {
    const chart = processDependencies(subject.chart.deepCopy(), subject.values, silentLog)
    renderFiles(chart, subject.values, {
      ...options,
      host: { ...options.host, slowKey: (kind) => keys.rehearse(kind) },
      skipSchemaValidation: true,
      only,
      lookup: (...asked) => {
        lookups.push(asked)
        return new Map()
      },
    })
  } catch {}
  return { keys, lookups }
}

/** Finds the templates that draw keys: all, where a partial does; undefined when none does. */
function drawing(chart: Chart): ((file: ChartFile) => boolean) | undefined {
  const found = new Set<Uint8Array>()
  let inPartial = false
  const visit = ({ templates, dependencies }: Chart): void => {
    for (const { name, data } of templates) {
      if (!drawsKeys(data)) continue
      found.add(data)
      inPartial ||= posix.basename(name).startsWith('_')
    }
    dependencies.forEach(visit)
  }
  visit(chart)
  if (found.size === 0) return undefined
  return inPartial ? () => true : ({ data }) => found.has(data)
}
