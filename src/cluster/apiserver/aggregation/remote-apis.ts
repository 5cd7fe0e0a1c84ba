import { API_SERVICES_PATH, jsonEqual, type JsonObject, type KubeObject, listAt, stringAt } from '../../../api/index.ts'
import type { Clock, FaultReport } from '../../../base/index.ts'
import type { Store } from '../../store/index.ts'
import { timestamp } from '../context.ts'
import type { ResourceRegistry } from '../registry/registry.ts'
import type { SelfClient } from '../self-client.ts'
import { type Availability, checkAvailability, PASSED } from './availability.ts'
import { addressOf, API_SERVICES_PREFIX, type ProxyIdentity, type RemoteApi, remoteApiOf } from './remote-api.ts'
import { readDocuments, type RemoteDocuments } from './remote-discovery.ts'

/** What following APIs of other servers needs. */
export interface RemoteApiParts {
  readonly store: Store
  readonly registry: ResourceRegistry
  readonly clock: Clock
  readonly send: SelfClient
  readonly report: FaultReport
  readonly identity: ProxyIdentity | undefined
}

/** A version of a group that another server serves, as discovery shows it. */
export interface RemoteVersion {
  readonly group: string
  readonly version: string
  /** Undefined while the server has not told. */
  readonly documents: RemoteDocuments | undefined
}

/** An API that was reachable is looked at again after this long, one that was not sooner. */
const CHECK_MS = 30_000
const RETRY_MS = 1000

/**
 * Follows the APIServices that name a Service: says of each whether it can be reached, and keeps what its server tells about
 * itself. As kube-aggregator's available and discovery controllers.
 */
export class RemoteApis {
  readonly #parts: RemoteApiParts
  readonly #documents = new Map<string, RemoteDocuments>()
  /** APIs that are being looked at; true: again, since something has changed meanwhile. */
  readonly #checking = new Map<string, boolean>()
  readonly #timers = new Map<string, () => void>()

  constructor(parts: RemoteApiParts) {
    this.#parts = parts
  }

  start(): void {
    const { store } = this.#parts
    const all = (): void => {
      for (const { value } of store.range(API_SERVICES_PREFIX).entries) this.#follow(value as KubeObject)
    }
    all()
    for (const prefix of ['core/services/', 'discovery.k8s.io/endpointslices/']) {
      store.watch(prefix, store.publishedRevision, ({ entry }) => {
        if (this.#timers.size > 0) this.#checkThose(entry.value as KubeObject)
      })
    }
    store.watch(API_SERVICES_PREFIX, store.publishedRevision, ({ type, entry }) => {
      const object = entry.value as KubeObject
      if (type === 'put') this.#follow(object)
      else this.#forget(object.metadata.name ?? '')
    })
  }

  /** The versions that other servers serve, those of more important groups first. */
  versions(): RemoteVersion[] {
    if (this.#timers.size === 0) return []
    const { store, registry } = this.#parts
    return store
      .range(API_SERVICES_PREFIX)
      .entries.flatMap(({ value }) => remoteApiOf(value as KubeObject) ?? [])
      .filter((api) => !isServedHere(registry, api))
      .sort((a, b) => b.groupPriority - a.groupPriority || b.versionPriority - a.versionPriority)
      .map(({ name, group, version, available }) => ({
        group,
        version,
        documents: available ? this.#documents.get(name) : undefined,
      }))
  }

  #follow(object: KubeObject): void {
    const api = remoteApiOf(object)
    if (api === undefined || object.metadata.deletionTimestamp !== undefined) this.#forget(object.metadata.name ?? '')
    else this.#check(api.name)
  }

  #forget(name: string): void {
    this.#timers.get(name)?.()
    this.#timers.delete(name)
    this.#documents.delete(name)
  }

  /** A Service or its endpoints changed: their APIs are looked at. */
  #checkThose({ metadata }: KubeObject): void {
    const service = metadata.labels?.['kubernetes.io/service-name'] ?? metadata.name
    for (const name of [...this.#timers.keys()]) {
      const api = this.#apiNamed(name)
      if (api?.service.namespace === metadata.namespace && api?.service.name === service) this.#check(name)
    }
  }

  #apiNamed(name: string): RemoteApi | undefined {
    const found = this.#parts.store.get(API_SERVICES_PREFIX + name)?.value as KubeObject | undefined
    return found === undefined ? undefined : remoteApiOf(found)
  }

  #check(name: string): void {
    if (this.#checking.has(name)) {
      this.#checking.set(name, true)
      return
    }
    this.#checking.set(name, false)
    this.#timers.get(name)?.()
    this.#timers.set(name, () => {})
    this.#look(name)
      .catch((error: unknown) => {
        this.#parts.report('kube-apiserver', `apiservice ${name}`, error)
        return RETRY_MS
      })
      .then((nextMs) => {
        const again = this.#checking.get(name) === true
        this.#checking.delete(name)
        if (!this.#timers.has(name)) return
        if (again) this.#check(name)
        else
          this.#timers.set(
            name,
            this.#parts.clock.after(nextMs, () => this.#check(name)),
          )
      })
      .catch((error: unknown) => this.#parts.report('kube-apiserver', `apiservice ${name}`, error))
  }

  /** Looks at an API once; gives when to look again. */
  async #look(name: string): Promise<number> {
    const { store, registry, identity } = this.#parts
    const api = this.#apiNamed(name)
    if (api === undefined) return CHECK_MS
    const served = isServedHere(registry, api)
    const found = served ? PASSED : await checkAvailability(store, api, identity)
    if (!served && found.status === 'True') {
      const address = addressOf(store, api, identity)
      const documents = typeof address === 'string' ? undefined : await readDocuments(address, api)
      if (documents !== undefined) this.#documents.set(name, documents)
    }
    await this.#publish(name, found)
    return found.status === 'True' ? CHECK_MS : RETRY_MS
  }

  async #publish(name: string, { status, reason, message }: Availability): Promise<void> {
    const { store, clock, send } = this.#parts
    const object = store.get(API_SERVICES_PREFIX + name)?.value as KubeObject | undefined
    if (object === undefined) return
    const conditions = listAt(object.status, 'conditions')
    const before = conditions.find((condition) => stringAt(condition, 'type') === 'Available')
    const old: JsonObject = before ?? {}
    if (jsonEqual([old.status, old.reason, old.message], [status, reason, message])) return
    const lastTransitionTime = old.status === status ? (old.lastTransitionTime ?? '') : timestamp(clock)
    const next = { type: 'Available', status, lastTransitionTime, reason, message }
    const others = conditions.filter((condition) => condition !== before)
    await send('PUT', `${API_SERVICES_PATH}/${name}/status`, { ...object, status: { conditions: [...others, next] } })
  }
}

/** The resource metrics API of an installed metrics server is served by this server, which simulates that one. */
function isServedHere(registry: ResourceRegistry, { group, version }: RemoteApi): boolean {
  return registry.serves({ group, version })
}
