import type { KubeObject } from '../../../api/index.ts'
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
}

/** One admission plugin. Both methods refuse by throwing an ApiError. */
export interface AdmissionPlugin {
  /** Kubernetes' name of the plugin. */
  readonly name: string
  admit?(request: AdmissionRequest): void | Promise<void>
  validate?(request: AdmissionRequest): void | Promise<void>
}

/** Runs plugins in their fixed order: all that mutate before the object is validated, all that check after it. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[]

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins
  }

  async admit(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#plugins) {
      const pending = plugin.admit?.(request)
      if (pending !== undefined) await pending
    }
  }

  async validate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#plugins) {
      const pending = plugin.validate?.(request)
      if (pending !== undefined) await pending
    }
  }
}
