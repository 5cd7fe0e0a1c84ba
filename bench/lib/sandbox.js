import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A new folder, and an environment in which both programs keep all of theirs there. Who asks for it removes the folder. */
export function createSandbox() {
  const work = mkdtempSync(path.join(tmpdir(), 'chartctl-bench-'))
  const env = {
    ...process.env,
    CHARTCTL_HOME: path.join(work, 'home'),
    KUBECONFIG: path.join(work, 'kubeconfig'),
    HELM_CACHE_HOME: work,
    HELM_CONFIG_HOME: work,
    HELM_DATA_HOME: work,
  }
  return { work, env }
}
