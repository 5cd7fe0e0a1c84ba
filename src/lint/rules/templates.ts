import { statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type Chart, coalesceValues, loadChartFolderUnchecked, processDependencies } from '../../chart/index.ts'
import { decodeTyped, parseYaml, type TypeSpec } from '../../encoding/index.ts'
import { type GoMap, quote } from '../../go/index.ts'
import { defaultCapabilities, defaultKubeVersion, renderFiles } from '../../render/index.ts'
import type { LintContext } from '../context.ts'
import { attempt } from './attempt.ts'
import { deprecationProblem } from './deprecations.ts'
import { nameProblem } from './object-names.ts'
import { type ObjectHead, readObjects } from './objects.ts'

const folderName = 'templates/'

/** The rules for templates/: they render, and what they render looks like Kubernetes objects. */
export function checkTemplates(context: LintContext): void {
  const { findings, folder } = context
  const stats = statSync(join(folder, folderName.slice(0, -1)), { throwIfNoEntry: false })
  if (!findings.check('WARNING', folderName, stats ? undefined : 'directory does not exist')) return
  if (!findings.check('ERROR', folderName, stats?.isDirectory() ? undefined : 'not a directory')) return
  const loaded = attempt(() => loadChartFolderUnchecked(folder, { log: context.log }))
  if (loaded.problem !== undefined) {
    findings.check('ERROR', folderName, loaded.problem)
    return
  }
  const chart = loaded.value
  const rendered = attempt(() => renderForLint(context, chart))
  if (rendered.problem !== undefined) {
    findings.check('ERROR', folderName, rendered.problem)
    return
  }
  if (!rendered.value) return
  for (const template of chart.templates) {
    if (!checkTemplate(context, template.name, rendered.value.get(posix.join(chart.name, template.name)) ?? '')) return
  }
}

/** Rendered templates; undefined when the values do not fit the chart's dependencies, which other rules report. */
function renderForLint(context: LintContext, chart: Chart): Map<string, string> | undefined {
  let values: GoMap
  try {
    processDependencies(chart, context.values, context.log)
    values = coalesceValues(chart, context.values, context.log)
  } catch {
    return undefined
  }
  return renderFiles(chart, values, {
    host: context.host,
    log: context.log,
    release: { name: 'test-release', namespace: context.namespace, revision: 0, isUpgrade: false, isInstall: false },
    capabilities: { ...defaultCapabilities, kubeVersion: context.kubeVersion ?? defaultKubeVersion },
    lint: true,
    ignoreKubeVersion: true,
    skipSchemaValidation: context.skipSchemaValidation ?? false,
    ...(context.schema ? { schema: context.schema } : {}),
  })
}

/** Checks one rendered template; false when a document cannot be read, which ends the checks of all templates. */
function checkTemplate(context: LintContext, name: string, text: string): boolean {
  const { findings } = context
  findings.check('ERROR', name, extensionProblem(name))
  if (!/\.ya?ml$/i.test(name) || text.trim() === '') return true
  findings.check('WARNING', name, indentProblem(text))
  for (const object of readObjects(text)) {
    if (!findings.check('ERROR', name, object.problem && `unable to parse YAML: ${object.problem}`)) return false
    if (!object.head) continue
    const { apiVersion, kind } = object.head
    findings.check('WARNING', name, nameProblem(kind, object.head.name))
    const kube = context.kubeVersion ?? defaultKubeVersion
    findings.check('WARNING', name, deprecationProblem(apiVersion, kind, kube))
    findings.check('ERROR', name, selectorProblem(object.head, text))
    findings.check('ERROR', name, listProblem(kind, text))
  }
  return true
}

function extensionProblem(name: string): string | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1)
  const dot = base.lastIndexOf('.')
  const extension = dot < 0 ? '' : base.slice(dot)
  if (['.yaml', '.yml', '.tpl', '.txt'].includes(extension)) return undefined
  return `file extension '${extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`
}

function indentProblem(text: string): string | undefined {
  const line = text
    .split('\n')
    .find((candidate) => candidate.trim() !== '')
    ?.replace(/\r$/, '')
  if (line === undefined || !/^[ \t]/.test(line)) return undefined
  return `document starts with an illegal indent: ${quote(line)}, which may cause parsing problems`
}

function selectorProblem({ kind, name }: ObjectHead, text: string): string | undefined {
  if (!['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'].includes(kind)) return undefined
  if (text.includes('matchLabels') || text.includes('matchExpressions')) return undefined
  return `a ${kind} must contain matchLabels or matchExpressions, and ${quote(name)} does not`
}

const listType: TypeSpec = {
  kind: 'struct',
  name: '',
  goType: 'struct { Items []struct { Metadata struct { Annotations map[string]string } } }',
  fields: {
    Items: {
      kind: 'list',
      goType: '[]struct { Metadata struct { Annotations map[string]string } }',
      element: {
        kind: 'struct',
        name: '',
        goType: 'struct { Metadata struct { Annotations map[string]string } }',
        fields: {
          Metadata: {
            kind: 'struct',
            name: '',
            goType: 'struct { Annotations map[string]string }',
            fields: {
              Annotations: { kind: 'map', goType: 'map[string]string', element: { kind: 'string' } },
            },
          },
        },
      },
    },
  },
}

function listProblem(kind: string, text: string): string | undefined {
  if (kind !== 'List') return undefined
  const parsed = attempt(() => parseYaml(text))
  if (parsed.problem !== undefined) return `unable to parse YAML: ${parsed.problem}`
  const { value, problem } = decodeTyped(parsed.value, listType)
  if (problem !== undefined) {
    return `unable to parse YAML: error unmarshaling JSON: while decoding JSON: ${problem}`
  }
  const items =
    (value as { Items?: readonly { Metadata?: { Annotations?: Map<string, string> | null } }[] }).Items ?? []
  const hasPolicy = items.some((item) => item.Metadata?.Annotations?.has('helm.sh/resource-policy'))
  return hasPolicy ? "annotation 'helm.sh/resource-policy' within List objects are ignored" : undefined
}
