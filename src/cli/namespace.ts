import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { EnvVars } from './environment.ts'
import type { Settings } from './settings.ts'

/**
 * The namespace to work in: `--namespace` or HELM_NAMESPACE, else that of the kubeconfig's (or `--kube-context`'s)
 * context, else that of the pod that we run in, else `default`. With a kubeconfig that cannot be read, or without the
 * context that is asked for, it is `default` too: commands that need it say so themselves.
 */
export async function currentNamespace(settings: Settings, env: EnvVars, home: string): Promise<string> {
  if (settings.namespace !== '') return settings.namespace
  const files = kubeconfigFiles(settings, env, home).filter((file) => existsSync(file))
  if (files.length === 0) return settings.kubeContext === '' ? namespaceOfPod(env) : 'default'
  const { parseYamlToJson: parse } = await import('../encoding/index.ts')
  let current = settings.kubeContext
  const namespaces = new Map<string, string>()
  for (const file of files) {
    try {
      const config: unknown = parse(readFileSync(file, 'utf8'))
      if (current === '') current = textAt(config, 'current-context')
      for (const context of listAt(config, 'contexts')) {
        const name = textAt(context, 'name')
        const namespace = textAt(recordAt(context, 'context'), 'namespace')
        if (!namespaces.has(name)) namespaces.set(name, namespace)
      }
    } catch {
      return 'default'
    }
  }
  if (current !== '' && !namespaces.has(current)) return 'default'
  return namespaces.get(current) || (await namespaceOfPod(env))
}

async function namespaceOfPod(env: EnvVars): Promise<string> {
  if ((env.KUBERNETES_SERVICE_HOST ?? '') === '') return 'default'
  const { podNamespace } = await import('../kube/index.ts')
  return podNamespace({ env }) ?? 'default'
}

/** The kubeconfig files in order of precedence: `--kubeconfig`, `KUBECONFIG` (a list), `~/.kube/config`. */
export function kubeconfigFiles(settings: Settings, env: EnvVars, home: string): readonly string[] {
  if (settings.kubeconfig !== '' && settings.kubeconfig !== env.KUBECONFIG) return [settings.kubeconfig]
  const list = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '')
  return list.length > 0 ? list : [join(home, '.kube', 'config')]
}

function recordAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function textAt(value: unknown, key: string): string {
  const text = recordAt(value, key)
  return typeof text === 'string' ? text : ''
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = recordAt(value, key)
  return Array.isArray(list) ? list : []
}
