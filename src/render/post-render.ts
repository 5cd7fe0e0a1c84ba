import { errorText, type Log } from '../base/index.ts'
import { compareStrings } from '../go/index.ts'
import { installOrder, sortManifests, splitManifests } from '../manifest/index.ts'
import { renderError } from './errors.ts'
import { parseYamlStream, type YamlObject } from './yaml-stream.ts'

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
    const merged = await naming('error merging manifests', mergeFiles(files))
    const output = await run(options, merged, ' on files')
    return naming('error while parsing post rendered output', splitOutput(output, ''))
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
    const output = group.send ? await sendGroup(options, group.name, group.files) : group.files
    for (const [path, text] of output) append(result, path, text)
  }
  return result
}

async function sendGroup(
  options: PostRender,
  name: string,
  files: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const merged = await naming(`error merging ${name}`, mergeFiles(files))
  const output = await run(options, merged, ` on ${name}`)
  return naming(`error while parsing post rendered output for ${name}`, splitOutput(output, name))
}

/** Says what was being done in front of an error. */
async function naming<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw renderError('POST_RENDER', `${what}: ${errorText(error)}`, error)
  }
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
async function mergeFiles(files: ReadonlyMap<string, string>): Promise<string> {
  const documents: string[] = []
  for (const path of [...files.keys()].sort(compareStrings)) {
    if (path.slice(path.lastIndexOf('/') + 1).startsWith('_')) continue
    for (const document of splitManifests(files.get(path) ?? '')) {
      for (const object of await readObjects(document, `parsing ${path}`)) {
        object.setAnnotation(fileAnnotation, path)
        documents.push(object.toString())
      }
    }
  }
  return documents.join('---\n')
}

async function splitOutput(text: string, prefix: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const [index, object] of (await readObjects(text, 'error parsing YAML')).entries()) {
    const fallback = `generated-by-postrender-${prefix === '' ? '' : `${prefix}-`}${index}.yaml`
    const name = object.annotation(fileAnnotation) ?? fallback
    object.clearAnnotation(fileAnnotation)
    const existing = files.get(name)
    files.set(name, existing === undefined ? object.toString() : `${existing}---\n${object.toString()}`)
  }
  return files
}

async function readObjects(text: string, what: string): Promise<YamlObject[]> {
  try {
    return await parseYamlStream(text)
  } catch (error) {
    throw renderError('POST_RENDER', `${what}: ${errorText(error)}`, error)
  }
}
