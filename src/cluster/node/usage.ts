import type { PodUsage, ResourceUsage } from '../../api/index.ts'
import type { ComponentContext, Container, Pod } from '../control/index.ts'
import { allContainers, controllerOf, PODS, quantityValue } from '../control/index.ts'
import { type Settings, settingFor, type SimulationSettings } from './runtime/simulated/settings.ts'

/** What a container uses that is told nothing: a process that idles. */
const idle = { cpu: 0.001, memory: 16 * 2 ** 20 }
/** What a node uses besides its pods. */
const system = { cpu: 0.1, memory: 512 * 2 ** 20 }

/**
 * The load model: a container uses the `cpu` and `memory` that the simulation is told, else next to nothing. `total-cpu` and
 * `total-memory`, said of a workload, are shared by its running pods, as a load that is spread over them.
 */
export class UsageModel {
  private readonly ctx: ComponentContext
  private readonly settings: SimulationSettings
  constructor(ctx: ComponentContext, settings: SimulationSettings) {
    this.ctx = ctx
    this.settings = settings
  }

  /** What a pod uses; undefined while nothing of it runs. */
  ofPod(namespace: string, name: string): PodUsage | undefined {
    const pod = this.ctx.informers.of(PODS).get(namespace, name)
    return pod === undefined ? undefined : this.usageOf(pod)
  }

  /** What a node and its pods use. */
  ofNode(name: string): ResourceUsage {
    let { cpu, memory } = system
    for (const pod of this.ctx.informers.of(PODS).byIndex('node', name)) {
      for (const container of this.usageOf(pod)?.containers ?? []) {
        cpu += container.cpu
        memory += container.memory
      }
    }
    return { name, cpu, memory }
  }

  private usageOf(pod: Pod): PodUsage | undefined {
    const running = runningContainers(pod)
    if (pod.status?.phase !== 'Running' || running.length === 0) return undefined
    const settings = this.settings.of(pod)
    const sharers = this.sharers(pod, settings) * running.length
    const containers = running.map((container) => ({
      name: container.name,
      cpu: amount(settings, 'cpu', container.name, sharers) ?? idle.cpu,
      memory: amount(settings, 'memory', container.name, sharers) ?? idle.memory,
    }))
    return { containers }
  }

  /** How many pods share what a workload as a whole is told to use. */
  private sharers(pod: Pod, settings: Settings): number {
    if (settings['total-cpu'] === undefined && settings['total-memory'] === undefined) return 1
    const owner = controllerOf(pod)?.uid
    if (owner === undefined) return 1
    const siblings = this.ctx.informers
      .of(PODS)
      .list(pod.metadata.namespace ?? '')
      .filter((each) => controllerOf(each)?.uid === owner && runningContainers(each).length > 0)
    return Math.max(1, siblings.length)
  }
}

function runningContainers(pod: Pod): Container[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {}
  const running = new Set(
    [...initContainerStatuses, ...containerStatuses].filter(({ state }) => state?.running).map(({ name }) => name),
  )
  return allContainers(pod.spec).filter(({ name }) => running.has(name))
}

function amount(
  settings: Settings,
  resource: 'cpu' | 'memory',
  container: string,
  sharers: number,
): number | undefined {
  const own = settingFor(settings, resource, container)
  if (own !== undefined) return quantityValue(own)
  const total = settings[`total-${resource}`]
  return total === undefined ? undefined : quantityValue(total) / sharers
}
