import { errorText, type Log } from '../base/index.ts'
import { parseYaml } from '../encoding/index.ts'
import { compareStrings } from '../go/index.ts'
import { installOrder, sortManifests, splitManifests } from '../manifest/index.ts'
import { renderError } from './errors.ts'

/** Which documents a post-renderer sees: all in one stream, hooks and the rest apart, or no hooks. */
export type PostRenderStrategy = 'combined' | 'separate' | 'nohooks'

/** A program or function that changes rendered documents. */
export interface PostRender {
  readonly run: (documents: string) => Promise<string>
  readonly strategy: PostRenderStrategy
}

const fileAnnotation = 'postrenderer.helm.sh/postrender-filename'

/**
 * Sends rendered files through a post-renderer and sorts what comes back into files again. As Helm 4.2: an annotation carries
 * the name of the template there and back; documents that lack it get a name of their own.
 */
export async function postRender(
  files: ReadonlyMap<string, string>,
  options: PostRender,
  log?: Log,
): Promise<Map<string, string>> {
  if (options.strategy === 'combined') {
    return splitOutput(await run(options, mergeFiles(files), ' on files'), '')
  }
  const sorted = sortManifests(files, installOrder, log)
  const groups: readonly { name: string; files: Map<string, string>; send: boolean }[] = [
    {
      name: 'hooks',
      files: joinByPath(sorted.hooks.map(({ path, manifest }) => ({ path, text: manifest }))),
      send: options.strategy === 'separate',
    },
    {
      name: 'manifests',
      files: joinByPath(sorted.manifests.map(({ path, content }) => ({ path, text: content }))),
      send: true,
    },
  ]
  const result = new Map<string, string>()
  for (const group of groups) {
    if (group.files.size === 0) continue
    const output = group.send
      ? splitOutput(await run(options, mergeFiles(group.files), ` on ${group.name}`), group.name)
      : group.files
    for (const [path, text] of output) append(result, path, text)
  }
  return result
}

async function run(options: PostRender, documents: string, what: string): Promise<string> {
  try {
    return await options.run(documents)
  } catch (error) {
    throw renderError('POST_RENDER', `error while running post render${what}: ${errorText(error)}`, error)
  }
}

function joinByPath(items: readonly { readonly path: string; readonly text: string }[]): Map<string, string> {
  const files = new Map<string, string>()
  for (const { path, text } of items) append(files, path, text)
  return files
}

function append(files: Map<string, string>, path: string, text: string): void {
  const existing = files.get(path)
  files.set(path, existing === undefined ? text : `${existing}\n---\n${text}`)
}

/** All documents in one stream, each with the name of its file in an annotation. */
function mergeFiles(files: ReadonlyMap<string, string>): string {
  const documents: string[] = []
  for (const path of [...files.keys()].sort(compareStrings)) {
    if (path.slice(path.lastIndexOf('/') + 1).startsWith('_')) continue
    for (const document of splitManifests(files.get(path) ?? '')) {
      if (isBlank(document)) continue
      documents.push(withAnnotation(document, path))
    }
  }
  return documents.join('---\n')
}

function splitOutput(text: string, prefix: string): Map<string, string> {
  const files = new Map<string, string>()
  let index = 0
  for (const document of splitManifests(text)) {
    if (isBlank(document)) continue
    const { path, content } = withoutAnnotation(document)
    const fallback = `generated-by-postrender-${prefix === '' ? '' : `${prefix}-`}${index}.yaml`
    const name = path === '' ? fallback : path
    const existing = files.get(name)
    files.set(name, existing === undefined ? content : `${existing}---\n${content}`)
    index++
  }
  return files
}

function isBlank(document: string): boolean {
  return document.split('\n').every((line) => line.trim() === '' || line.trimStart().startsWith('#'))
}

function withAnnotation(document: string, path: string): string {
  const text = document.endsWith('\n') ? document : `${document}\n`
  const entry = `${fileAnnotation}: '${path}'\n`
  const annotations = /^( +)annotations:[ \t]*\n( +)/m.exec(text)
  const metadata = /^metadata:[ \t]*\n/m.exec(text)
  if (metadata && annotations && annotations.index >= metadata.index) {
    const at = annotations.index + (annotations[1]?.length ?? 0) + 'annotations:'.length
    const line = text.indexOf('\n', at) + 1
    return `${text.slice(0, line)}${annotations[2] ?? '    '}${entry}${text.slice(line)}`
  }
  if (metadata) {
    const at = metadata.index + metadata[0].length
    const indent = /^ +/.exec(text.slice(at))?.[0] ?? '  '
    return `${text.slice(0, at)}${indent}annotations:\n${indent}  ${entry}${text.slice(at)}`
  }
  return `${text}metadata:\n  annotations:\n    ${entry}`
}

function withoutAnnotation(document: string): { path: string; content: string } {
  let parsed: ReturnType<typeof parseYaml>
  try {
    parsed = parseYaml(document)
  } catch (error) {
    throw renderError(
      'POST_RENDER',
      `error while parsing post rendered output: error parsing YAML: ${errorText(error)}`,
    )
  }
  const metadata = parsed instanceof Map ? parsed.get('metadata') : undefined
  const annotations = metadata instanceof Map ? metadata.get('annotations') : undefined
  const path = annotations instanceof Map ? annotations.get(fileAnnotation) : undefined
  if (typeof path !== 'string' || !(annotations instanceof Map)) return { path: '', content: document }
  const escaped = fileAnnotation.replace(/[.]/g, '\\.')
  const line = annotations.size === 1 ? `^ *annotations:[ \\t]*\\n *${escaped}:.*\\n?` : `^ *${escaped}:.*\\n?`
  return { path, content: document.replace(new RegExp(line, 'm'), '') }
}
