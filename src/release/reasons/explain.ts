import type { WaitState } from '../../kube/index.ts'
import type { Release } from '../model.ts'
import { OWNERSHIP } from '../ownership.ts'
import type { ReleasePorts } from '../ports.ts'
import { type Reason, reasonOf } from './collect.ts'
import { templateOf } from './template-line.ts'

/** Most objects that are explained. */
const MAX_OBJECTS = 5

/** A reason with the template behind its object. */
export interface ExplainedReason extends Reason {
  /** `chart/templates/web.yaml:12`; empty when it cannot be told. */
  readonly template: string
}

/** Why the objects that an operation waited for are not as they should be. */
export async function explainWaiting(ports: ReleasePorts, states: readonly WaitState[]): Promise<ExplainedReason[]> {
  const waiting = states.filter(({ done, result }) => !done || result.status === 'Failed').slice(0, MAX_OBJECTS)
  if (waiting.length === 0) return []
  const release = await releaseOf(ports, waiting)
  return Promise.all(
    waiting.map(async (state) => {
      const { kind } = state.info.mapping.gvk
      const template = release === undefined ? undefined : templateOf(release, kind, state.info.name)
      return { ...(await reasonOf(ports.cluster.client, state)), template: template ?? '' }
    }),
  )
}

async function releaseOf(ports: ReleasePorts, states: readonly WaitState[]): Promise<Release | undefined> {
  const name =
    states
      .map(({ info }) => info.object.metadata.annotations?.[OWNERSHIP.releaseName])
      .find((one) => one !== undefined) ?? states[0]?.info.object.metadata.labels?.['app.kubernetes.io/instance']
  if (name === undefined) return undefined
  try {
    return await ports.storage.last(name)
  } catch {
    return undefined
  }
}
