import { errorText } from '../../base/index.ts'
import {
  buildResources,
  createAll,
  createWaiter,
  isAlreadyExists,
  KubeClientError,
  type ResourceInfo,
} from '../../kube/index.ts'
import { releaseError, wrapped } from '../errors.ts'
import { deployOptions, type ReleasePorts } from '../ports.ts'
import { effectiveWait, type InstallRequest } from './request.ts'

const CRD_TIMEOUT_MS = 60_000

/**
 * Installs the CRDs of a chart and its sub-charts before anything is rendered, and waits until they are established.
 * With server-side apply they are applied also when they exist. A dry run only warns. As Helm's installCRDs.
 */
export async function installCrds(
  ports: ReleasePorts,
  request: InstallRequest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { crds } = request.chart
  if (crds.length === 0) return
  if (request.dryRun !== 'none') {
    const message = 'This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.'
    ports.log({ level: 'WARN', message, attributes: [] })
    return
  }
  const { client, mapper } = ports.cluster
  const { serverSide, forceConflicts } = request
  const installed: ResourceInfo[] = []
  for (const crd of crds) {
    const failure = `failed to install CRD ${crd.name}`
    let infos: ResourceInfo[]
    try {
      const text = Buffer.from(crd.file.data).toString('utf8')
      infos = await buildResources(mapper, text, { namespace: ports.namespace, validate: false, signal })
    } catch (error) {
      throw wrapped('CHART', failure, error)
    }
    if (infos.length === 0) throw releaseError('CHART', `${failure}: resources are empty`)
    try {
      if (!serverSide && forceConflicts) {
        const text = 'invalid client create option(s): forceConflicts enabled when serverSideApply disabled'
        throw new KubeClientError('CONFIGURATION', text)
      }
      await createAll(client, infos, deployOptions(ports, { serverSide, forceConflicts, signal }))
    } catch (error) {
      if (!isAlreadyExists(error)) throw wrapped('CHART', failure, error)
      ports.log({ level: 'DEBUG', message: 'CRD is already present. Skipping', attributes: [['crd', crd.name]] })
      continue
    }
    installed.push(...infos)
  }
  if (installed.length === 0) return
  // Not by the wait strategy alone: objects of the new kinds follow, so their kinds must be served.
  const strategy = effectiveWait(request) === 'legacy' ? 'legacy' : 'watcher'
  try {
    const options = { clock: ports.clock, timeoutMs: CRD_TIMEOUT_MS, onProgress: ports.onWaiting, signal, jobs: false }
    await createWaiter(client, strategy).wait(installed, options)
  } catch (error) {
    throw releaseError('CHART', errorText(error), error)
  }
  mapper.reset()
}
