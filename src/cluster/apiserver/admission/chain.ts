import type { KubeObject, StatusCause } from '../../../api/index.ts'
import { forbidden } from '../errors.ts'
import type { User } from '../exchange.ts'
import type { ResourceDefinition } from '../registry/resource.ts'

/** What an admission plugin sees of a request. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly definition: ResourceDefinition
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** The new object; plugins that mutate change it in place. Absent for deletes. */
  readonly object: KubeObject | undefined
  readonly oldObject: KubeObject | undefined
  readonly user: User
  readonly dryRun: boolean
  readonly warnings: string[]
  /** Notes something in the audit record of the request; absent when there is none. */
  readonly annotate?: (key: string, value: string) => void
}

/** One admission plugin. Both methods refuse by throwing an ApiError. */
export interface AdmissionPlugin {
  /** Kubernetes' name of the plugin. */
  readonly name: string
  /** False: the plugin itself sees to what it is asked again. */
  readonly reviews?: false
  /** True: what users have installed changed the object, so that the server's own plugins look at it again. */
  admit?(request: AdmissionRequest): void | Promise<void> | Promise<boolean> | undefined
  /** As admit, before something is deleted. */
  admitRemoval?(request: AdmissionRequest): void | Promise<void> | undefined
  validate?(request: AdmissionRequest): void | Promise<void> | undefined
  /** Called right before the write, in the same turn, so that what it counts cannot change in between. */
  reserve?(request: AdmissionRequest): void
}

/** Runs plugins in their fixed order: all that mutate before the object is validated, all that check after it. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[]

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins
  }

  async admit(request: AdmissionRequest): Promise<void> {
    const changing = new Set<AdmissionPlugin>()
    for (const plugin of this.#plugins) {
      const pending = plugin.admit?.(request)
      if (pending !== undefined && (await pending) === true) changing.add(plugin)
    }
    if (changing.size === 0) return
    for (const plugin of this.#plugins) {
      const pending = plugin.reviews === false ? undefined : plugin.admit?.(request)
      if (pending !== undefined) await pending
    }
  }

  async admitRemoval(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#plugins) {
      const pending = plugin.admitRemoval?.(request)
      if (pending !== undefined) await pending
    }
  }

  async validate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#plugins) {
      const pending = plugin.validate?.(request)
      if (pending !== undefined) await pending
    }
  }

  reserve(request: AdmissionRequest): void {
    for (const plugin of this.#plugins) plugin.reserve?.(request)
  }
}

/** Whether a request is about the object of a built-in resource itself (not a sub-resource). */
export function isFor(request: AdmissionRequest, group: string, plural: string): boolean {
  const { definition, subresource } = request
  return subresource === '' && definition.group === group && definition.plural === plural
}

/** 403 as admission words it; an object without a name yet is called by its generateName. */
export function refusedBy(request: AdmissionRequest, why: string, causes?: StatusCause[]): Error {
  const { definition, object } = request
  const { name = '', generateName = '' } = object?.metadata ?? {}
  const called = [request.name, name, generateName].find((each) => each !== '') ?? 'Unknown'
  return forbidden({ group: definition.group, resource: definition.plural }, called, why, causes)
}
