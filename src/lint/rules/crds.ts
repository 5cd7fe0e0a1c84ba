import { statSync } from 'node:fs'
import { join } from 'node:path'
import { loadChartFolderUnchecked } from '../../chart/index.ts'
import { fromBytes } from '../../go/index.ts'
import type { LintContext } from '../context.ts'
import { attempt } from './attempt.ts'
import { readObjects } from './objects.ts'

const folderName = 'crds/'

/** The rules for crds/: plain YAML that holds CRDs only. */
export function checkCrds({ folder, findings, log }: LintContext): void {
  const stats = statSync(join(folder, folderName.slice(0, -1)), { throwIfNoEntry: false })
  if (stats === undefined) return
  if (!findings.check('ERROR', folderName, stats.isDirectory() ? undefined : 'not a directory')) return
  const loaded = attempt(() => loadChartFolderUnchecked(folder, { log }))
  if (loaded.problem !== undefined) {
    findings.check('ERROR', folderName, loaded.problem)
    return
  }
  for (const crd of loaded.value.crds) {
    for (const object of readObjects(fromBytes(crd.file.data))) {
      const isReadable = findings.check('ERROR', crd.name, object.problem && `unable to parse YAML: ${object.problem}`)
      if (!isReadable) return
      if (!object.head) continue
      const { apiVersion, kind } = object.head
      const isGroup = apiVersion.startsWith('apiextensions.k8s.io')
      findings.check('ERROR', crd.name, isGroup ? undefined : "apiVersion is not in 'apiextensions.k8s.io'")
      const isKind = kind === 'CustomResourceDefinition'
      findings.check('ERROR', crd.name, isKind ? undefined : "object kind is not 'CustomResourceDefinition'")
    }
  }
}
