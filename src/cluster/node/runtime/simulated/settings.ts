import { type KubeObject, SIMULATION_PREFIX } from '../../../../api/index.ts'
import type { ComponentContext, Pod, ResourceType } from '../../../control/index.ts'
import {
  controllerOf,
  DAEMON_SETS,
  DEPLOYMENTS,
  JOBS,
  keyOf,
  NAMESPACES,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
} from '../../../control/index.ts'

/** What the simulation is told about one pod: the annotations behind the prefix, by their short names. */
export type Settings = Readonly<Record<string, string>>

const none: Settings = {}

/** The simulation's annotations of one object. */
export function settingsOf(object: KubeObject | undefined): Settings {
  let found: Record<string, string> | undefined
  for (const [key, value] of Object.entries(object?.metadata.annotations ?? {})) {
    if (!key.startsWith(SIMULATION_PREFIX)) continue
    found ??= {}
    found[key.slice(SIMULATION_PREFIX.length)] = value
  }
  return found ?? none
}

/** The setting of a container: `name.<container>` where that is given, else `name`. */
export function settingFor(settings: Settings, name: string, container: string): string | undefined {
  return settings[`${name}.${container}`] ?? settings[name]
}

/** Kinds whose simulation annotations their pods inherit. */
const owners: Readonly<Record<string, ResourceType<KubeObject & { metadata: { name: string; uid: string } }>>> = {
  ReplicaSet: REPLICA_SETS,
  ReplicationController: REPLICATION_CONTROLLERS,
  StatefulSet: STATEFUL_SETS,
  DaemonSet: DAEMON_SETS,
  Job: JOBS,
}

/** What the simulation is told about pods: by their own annotations, their controllers' and their namespaces', in this order. */
export class SimulationSettings {
  private readonly ctx: ComponentContext
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
  }

  /** The settings that hold for a pod. */
  of(pod: Pod): Settings {
    const { informers } = this.ctx
    const namespace = pod.metadata.namespace ?? ''
    const owner = controllerOf(pod)
    const type = owner === undefined ? undefined : owners[owner.kind]
    const controller =
      owner === undefined || type === undefined ? undefined : informers.of(type).get(namespace, owner.name)
    const workload = deploymentOf(this.ctx, controller) ?? controller
    const layers = [settingsOf(informers.of(NAMESPACES).get('', namespace)), settingsOf(workload), settingsOf(pod)]
    const given = layers.filter((layer) => layer !== none)
    return given.length === 0 ? none : given.length === 1 ? (given[0] ?? none) : Object.assign({}, ...given)
  }

  /** Calls back with the pods whose controller's or namespace's settings have changed. */
  onChange(podsOf: (namespace: string, owner?: string) => readonly Pod[], changed: (key: string) => void): void {
    const { informers } = this.ctx
    const wake = (pods: readonly Pod[]): void => {
      for (const pod of pods) changed(keyOf(pod))
    }
    for (const type of Object.values(owners)) {
      informers.of(type).on({
        update: (old, next) => {
          if (differ(old, next)) wake(podsOf(next.metadata.namespace ?? '', next.metadata.uid))
        },
      })
    }
    informers.of(DEPLOYMENTS).on({
      update: (old, next) => {
        if (!differ(old, next)) return
        const { namespace = '', uid } = next.metadata
        for (const set of informers.of(REPLICA_SETS).list(namespace)) {
          if (controllerOf(set)?.uid === uid) wake(podsOf(namespace, set.metadata.uid))
        }
      },
    })
    informers.of(NAMESPACES).on({
      update: (old, next) => {
        if (differ(old, next)) wake(podsOf(next.metadata.name))
      },
    })
  }
}

/**
 * The Deployment of a replica set. Its annotations count, not the copy of them on the replica set: what is removed from a
 * Deployment stays there.
 */
function deploymentOf(ctx: ComponentContext, set: KubeObject | undefined): KubeObject | undefined {
  const owner = set?.kind === 'ReplicaSet' ? controllerOf(set) : undefined
  return owner?.kind === 'Deployment'
    ? ctx.informers.of(DEPLOYMENTS).get(set?.metadata.namespace ?? '', owner.name)
    : undefined
}

function differ(old: KubeObject, next: KubeObject): boolean {
  if (old.metadata.annotations === next.metadata.annotations) return false
  const [before, after] = [settingsOf(old), settingsOf(next)]
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].some((key) => before[key] !== after[key])
}
