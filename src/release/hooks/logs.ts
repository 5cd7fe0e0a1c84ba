import type { KubeObject } from '../../api/index.ts'
import { parseYamlToJson } from '../../encoding/index.ts'
import { containerLog, PODS } from '../../kube/index.ts'
import { releaseError, wrapped } from '../errors.ts'
import type { Release, ReleaseHook } from '../model.ts'
import type { ReleasePorts } from '../ports.ts'

/** Shows the logs of a hook's pods when its policy asks for them. As Helm's outputLogsByPolicy. */
export async function outputHookLogs(
  ports: ReleasePorts,
  release: Release,
  hook: ReleaseHook,
  policy: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!hook.outputLogPolicies.includes(policy)) return
  const namespace = namespaceOf(hook) ?? release.namespace
  if (hook.kind === 'Job') await outputPods(ports, namespace, { labelSelector: `job-name=${hook.name}` }, signal)
  if (hook.kind === 'Pod') await outputPods(ports, namespace, { fieldSelector: `metadata.name=${hook.name}` }, signal)
}

function namespaceOf(hook: ReleaseHook): string | undefined {
  let manifest: unknown
  try {
    manifest = parseYamlToJson(hook.manifest)
  } catch (error) {
    throw wrapped(
      'HOOK',
      `unable to parse metadata.namespace from kubernetes manifest for output logs hook ${hook.path}`,
      error,
    )
  }
  const { namespace } = (manifest as { metadata?: { namespace?: string } } | null)?.metadata ?? {}
  return namespace === '' ? undefined : namespace
}

async function outputPods(
  ports: ReleasePorts,
  namespace: string,
  query: { readonly labelSelector?: string; readonly fieldSelector?: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { items } = await ports.cluster.client.list(PODS, { namespace }, { ...query, signal })
  for (const pod of items) {
    const name = pod.metadata.name ?? ''
    for (const container of containersOf(pod, 'containers')) {
      const source = { namespace, pod: name, container }
      try {
        for await (const chunk of containerLog(ports.cluster.client, { namespace, name, container }, signal)) {
          ports.hookOutput(chunk, source)
        }
      } catch (error) {
        const what = `failed to stream pod logs for pod: ${name}, container: ${container}`
        throw releaseError('HOOK', what, error)
      }
    }
  }
}

/** Names of a pod's containers of one sort. */
export function containersOf(pod: KubeObject, sort: 'containers' | 'initContainers'): string[] {
  const spec = (pod.spec ?? {}) as Record<string, { name: string }[] | undefined>
  return (spec[sort] ?? []).map((container) => container.name)
}
