import { jsonEqual, type LabelSelector, matchesSelector } from '../../../api/index.ts'
import type {
  ComponentContext,
  ControllerRevision,
  PodTemplate,
  ResourceType,
  ServerObject,
} from '../../control/index.ts'
import {
  CONTROLLER_REVISIONS,
  claimObjects,
  controllerOf,
  controllerReference,
  fnv32,
  isApiError,
  safeEncode,
  stableJson,
  timeMs,
} from '../../control/index.ts'
import { podTemplateHash } from './template-hash/template-hash.ts'

/** An object whose template is kept in ControllerRevisions: StatefulSets and DaemonSets. */
export interface Versioned extends ServerObject {
  spec: { template: PodTemplate; selector: LabelSelector; revisionHistoryLimit?: number }
  status?: { collisionCount?: number }
}

/** What a revision keeps: the template as a patch that restores it. */
function revisionData(object: Versioned): { spec: { template: Record<string, unknown> } } {
  return { spec: { template: { $patch: 'replace', ...structuredClone(object.spec.template) } } }
}

/** The template that a revision restores. */
export function templateOf(revision: ControllerRevision): PodTemplate {
  const data = revision.data as { spec?: { template?: PodTemplate & { $patch?: string } } } | undefined
  const { $patch: _patch, ...template } = data?.spec?.template ?? { spec: { containers: [] } }
  return template as PodTemplate
}

/** Orders by revision, then creation, then name. */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  if (a.revision !== b.revision) return a.revision - b.revision
  const created = timeMs(a.metadata.creationTimestamp) - timeMs(b.metadata.creationTimestamp)
  return created !== 0 ? created : a.metadata.name < b.metadata.name ? -1 : 1
}

/** The hash at the end of a revision's name, for kinds whose revisions are named after their data. */
export function revisionHash(data: unknown, collisionCount: number | undefined): string {
  return safeEncode(String(fnv32(stableJson(data) + String(collisionCount ?? 0))))
}

/** How revisions of a kind are named: StatefulSets hash the revision's data, DaemonSets the template as Deployments do. */
const hashes: Readonly<Record<string, (object: Versioned, data: unknown) => string>> = {
  StatefulSet: (object, data) => revisionHash(data, object.status?.collisionCount),
  DaemonSet: ({ spec, status }) => podTemplateHash(spec.template, status?.collisionCount),
}

/** Label of ControllerRevisions (StatefulSet) and of pods and revisions (DaemonSet) that carries the hash. */
export const hashLabels = {
  statefulSet: 'controller.kubernetes.io/hash',
  daemonSet: 'controller-revision-hash',
} as const

/** Keeps the revisions of StatefulSets or DaemonSets. */
export class RevisionHistory<O extends Versioned> {
  private readonly ctx: ComponentContext
  private readonly type: ResourceType<O>
  private readonly hashLabel: string
  constructor(ctx: ComponentContext, type: ResourceType<O>, hashLabel: string) {
    this.ctx = ctx
    this.type = type
    this.hashLabel = hashLabel
    const revisions = ctx.informers.of(CONTROLLER_REVISIONS)
    revisions.addIndex('controller', (revision) => {
      const uid = controllerOf(revision)?.uid
      return uid === undefined ? [] : [uid]
    })
    revisions.addIndex('orphan', (revision) =>
      controllerOf(revision) === undefined ? [revision.metadata.namespace ?? ''] : [],
    )
  }

  /** All revisions of an object, oldest first, orphans adopted. */
  async list(object: O): Promise<ControllerRevision[]> {
    const revisions = this.ctx.informers.of(CONTROLLER_REVISIONS)
    const candidates = [
      ...revisions.byIndex('controller', object.metadata.uid),
      ...revisions.byIndex('orphan', object.metadata.namespace ?? ''),
    ]
    const matches = (revision: ControllerRevision): boolean =>
      matchesSelector(object.spec.selector, revision.metadata.labels)
    const claim = {
      client: this.ctx.client,
      owner: object,
      ownerType: this.type,
      childType: CONTROLLER_REVISIONS,
      matches,
    }
    return (await claimObjects(claim, candidates)).sort(byRevision)
  }

  /**
   * The revision of the present template: the newest when it is that, an older one renumbered as the newest when the
   * template went back to it, else a new one. Undefined after a name collision: the count in the status must rise first.
   */
  async current(object: O, history: readonly ControllerRevision[]): Promise<ControllerRevision | undefined> {
    const data = revisionData(object)
    const next = (history.at(-1)?.revision ?? 0) + 1
    const equal = history.filter((revision) => jsonEqual(revision.data, data)).at(-1)
    if (equal !== undefined) {
      if (equal === history.at(-1)) return equal
      return this.ctx.client.update(CONTROLLER_REVISIONS, { ...equal, revision: next })
    }
    return this.create(object, data, next)
  }

  /** Deletes revisions beyond the limit that no pod runs. */
  async truncate(object: O, history: readonly ControllerRevision[], live: ReadonlySet<string>): Promise<void> {
    const limit = object.spec.revisionHistoryLimit ?? 10
    const dead = history.filter((revision) => !live.has(revision.metadata.name))
    for (const revision of dead.slice(0, Math.max(0, dead.length - limit))) {
      await this.ctx.client.delete(CONTROLLER_REVISIONS, revision.metadata)
    }
  }

  private async create(object: O, data: unknown, revision: number): Promise<ControllerRevision | undefined> {
    const hash = hashes[this.type.kind]?.(object, data) ?? revisionHash(data, object.status?.collisionCount)
    const { namespace = 'default', name, annotations } = object.metadata
    const wanted = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels: { ...object.spec.template.metadata?.labels, [this.hashLabel]: hash },
        ...(annotations ? { annotations } : {}),
        ownerReferences: [controllerReference(this.type, object)],
      },
      // As Go's maps are printed: keys in order.
      data: JSON.parse(stableJson(data)) as unknown,
      revision,
    }
    try {
      return await this.ctx.client.create<ControllerRevision>(CONTROLLER_REVISIONS, wanted)
    } catch (error) {
      if (!isApiError(error, 'ALREADY_EXISTS')) throw error
      const existing = await this.ctx.client.get(CONTROLLER_REVISIONS, { namespace, name: wanted.metadata.name })
      return existing !== undefined &&
        jsonEqual(existing.data, data) &&
        controllerOf(existing)?.uid === object.metadata.uid
        ? existing
        : undefined
    }
  }
}
