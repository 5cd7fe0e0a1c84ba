import { errorText } from '../../base/index.ts'
import {
  createAll,
  createWaiter,
  deleteAll,
  isAlreadyExists,
  joinFailures,
  type ResourceInfo,
  updateAll,
  type WaitStrategy,
} from '../../kube/index.ts'
import { ReleaseError, releaseError } from '../errors.ts'
import { runHooks } from '../hooks/run.ts'
import type { Plan, Step } from '../plan/model.ts'
import { debugLog, deployOptions, type ReleasePorts } from '../ports.ts'
import { recordQuietly } from '../storage/record-quietly.ts'

/** How the steps of a plan are carried out. */
export interface ExecuteOptions {
  readonly serverSide: boolean
  readonly forceConflicts: boolean
  readonly forceReplace: boolean
  readonly waitStrategy: WaitStrategy
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** The failure of a step: `cause` is what went wrong, and what the step had made until then. */
export class StepFailure extends ReleaseError {
  readonly step: Step
  /** Objects that the step created (or tried to). */
  readonly created: readonly ResourceInfo[]
  constructor(step: Step, cause: unknown, created: readonly ResourceInfo[] = []) {
    super('OPERATION_FAILED', errorText(cause), { step: step.type }, cause)
    this.step = step
    this.created = created
  }
}

/** Runs steps in order and stops at the first that fails, with a StepFailure; the caller decides what becomes of the release. */
export async function execute(
  ports: ReleasePorts,
  plan: Plan,
  steps: readonly Step[],
  options: ExecuteOptions,
): Promise<void> {
  let created: readonly ResourceInfo[] = []
  for (const step of steps) {
    try {
      if (options.signal?.aborted === true) throw canceled()
      debugLog(ports, 'step', { operation: plan.operation, release: plan.release.name, step: step.type })
      created = (await runStep(ports, plan, step, options)) ?? created
    } catch (error) {
      const made = error instanceof StepFailure ? error.created : created
      const cause = error instanceof StepFailure ? error.cause : error
      throw new StepFailure(step, options.signal?.aborted === true ? canceled() : cause, made)
    }
  }
}

/** As Go's context.Canceled. */
export function canceled(): ReleaseError {
  return releaseError('CANCELED', 'context canceled')
}

async function runStep(
  ports: ReleasePorts,
  plan: Plan,
  step: Step,
  options: ExecuteOptions,
): Promise<readonly ResourceInfo[] | undefined> {
  const { client } = ports.cluster
  const { signal, serverSide } = options
  const deploy = deployOptions(ports, { serverSide, forceConflicts: false, signal })
  switch (step.type) {
    case 'namespace':
      await createAll(client, [step.namespace], deploy).catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error
      })
      return undefined
    case 'mark-previous':
      if (plan.previous === undefined) return undefined
      plan.previous.info.status = step.status
      if (step.description !== undefined) plan.previous.info.description = step.description
      await recordQuietly(ports, plan.previous)
      return undefined
    case 'record':
      await ports.storage.create(plan.release, { maxHistory: step.maxHistory, revisions: step.revisions })
      return undefined
    case 'hooks':
      await hooks(ports, plan, step, options)
      return undefined
    case 'create':
      await createAll(client, step.objects, deploy)
      return undefined
    case 'update':
      return update(ports, step, options)
    case 'wait':
      await createWaiter(client, options.waitStrategy).wait(step.objects, {
        ...waiting(ports, options),
        jobs: step.jobs,
      })
      return undefined
    case 'delete': {
      const errors = await deleteAll(client, step.objects, step.propagation, deploy)
      if (errors.length > 0) throw joinFailures(errors, '; ')
      return undefined
    }
    case 'wait-gone':
      await createWaiter(client, options.waitStrategy).waitForDelete(step.objects, waiting(ports, options))
      return undefined
    default:
      return step satisfies never
  }
}

function waiting(ports: ReleasePorts, options: ExecuteOptions) {
  const { clock, onWaiting: onProgress, failFast } = ports
  return { clock, timeoutMs: options.timeoutMs, onProgress, failFast, signal: options.signal }
}

async function hooks(
  ports: ReleasePorts,
  plan: Plan,
  step: Extract<Step, { type: 'hooks' }>,
  options: ExecuteOptions,
): Promise<void> {
  try {
    await runHooks(ports, plan.release, step.event, options)
  } catch (error) {
    throw releaseError('HOOK', `${step.failure}${errorText(error)}`, error)
  }
}

async function update(
  ports: ReleasePorts,
  step: Extract<Step, { type: 'update' }>,
  options: ExecuteOptions,
): Promise<readonly ResourceInfo[]> {
  const { serverSide, forceConflicts, forceReplace, signal } = options
  const result = await updateAll(ports.cluster.client, step.originals, step.objects, {
    ...deployOptions(ports, { serverSide, forceConflicts, signal }),
    forceReplace,
    threeWayMergeForUnstructured: step.threeWayMergeForUnstructured,
    upgradeClientSideFieldManager: step.upgradeFieldManager,
  })
  if (result.error !== undefined) throw new StepFailure(step, result.error, result.created)
  return result.created
}
