import { errorText } from '../../../base/index.ts'
import type { KubeObject } from '../../../api/index.ts'
import type { ApiClient, EventText, Pod, PodTemplate, ResourceType, ServerObject } from '../../control/index.ts'
import { controllerReference, isApiError, PODS, settleInBatches } from '../../control/index.ts'

/** The pod that a controller creates from its template. The API server completes `generateName`. */
export function podFromTemplate<O extends ServerObject>(
  ownerType: ResourceType<O>,
  owner: O,
  template: PodTemplate,
  change?: (pod: KubeObject & Pick<Pod, 'spec'>) => void,
): KubeObject {
  const meta = template.metadata ?? {}
  const pod: KubeObject & Pick<Pod, 'spec'> = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace ?? 'default',
      ...(meta.labels ? { labels: { ...meta.labels } } : {}),
      ...(meta.annotations ? { annotations: { ...meta.annotations } } : {}),
      ...(meta.finalizers ? { finalizers: [...meta.finalizers] } : {}),
      ownerReferences: [controllerReference(ownerType, owner)],
    },
    spec: structuredClone(template.spec),
  }
  change?.(pod)
  return pod
}

/** Creates and deletes the pods of one owner, with the events that go with it. */
export class PodControl {
  private readonly client: ApiClient
  private readonly record: (object: KubeObject, text: EventText) => void
  constructor(client: ApiClient, record: (object: KubeObject, text: EventText) => void) {
    this.client = client
    this.record = record
  }

  async create(owner: ServerObject, pod: KubeObject): Promise<Pod> {
    try {
      const created = await this.createNamed(pod)
      this.record(owner, {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Created pod: ${created.metadata.name}`,
      })
      return created
    } catch (error) {
      if (!isTerminating(error)) {
        const message = `Error creating: ${errorText(error)}`
        this.record(owner, { type: 'Warning', reason: 'FailedCreate', message })
      }
      throw error
    }
  }

  /** Generated names may collide when there are thousands of them: another one is tried. */
  private async createNamed(pod: KubeObject, attempts = 4): Promise<Pod> {
    try {
      return await this.client.create<Pod>(PODS, pod)
    } catch (error) {
      if (attempts <= 1 || pod.metadata.name || !isApiError(error, 'ALREADY_EXISTS')) throw error
      return this.createNamed(pod, attempts - 1)
    }
  }

  async delete(owner: ServerObject, pod: Pod): Promise<void> {
    try {
      await this.client.delete(PODS, pod.metadata)
      this.record(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
    } catch (error) {
      const message = `Error deleting: ${errorText(error)}`
      this.record(owner, { type: 'Warning', reason: 'FailedDelete', message })
      throw error
    }
  }
}

/** True when the namespace is going: nothing can be created there, and nobody needs to hear of it. */
export function isTerminating(error: unknown): boolean {
  return error instanceof Object && 'namespaceTerminating' in error && error.namespaceTerminating === true
}

/**
 * Runs `count` calls in batches of 1, 2, 4, … so that a failure that would hit all of them is met once. Returns how many
 * succeeded; throws the first error of a batch after the batch.
 */
export async function slowStart(
  count: number,
  call: (index: number) => Promise<unknown>,
): Promise<{ done: number; error?: unknown }> {
  let done = 0
  for (let batch = Math.min(count, 1); batch > 0; batch = Math.min(count - done, batch * 2)) {
    const first = done
    const results = await settleInBatches(batch, (i) => call(first + i))
    const failed = results.find((result) => result.status === 'rejected')
    done += results.filter((result) => result.status === 'fulfilled').length
    if (failed !== undefined) return { done, error: failed.reason }
  }
  return { done }
}
