import type { Document, Scalar, Tags, ToStringOptions } from 'yaml'
import { errorText } from '../base/index.ts'
import { parseYaml } from '../encoding/index.ts'
import { renderError } from './errors.ts'

/** A document that keeps its comments and quotes while annotations change. */
export interface YamlObject {
  annotation(name: string): string | undefined
  setAnnotation(name: string, value: string): void
  /** Removes an annotation, and the map that held it once it is empty. */
  clearAnnotation(name: string): void
  toString(): string
}

/** Layout of kyaml, through which Helm 4 sends documents on their way to and from a post-renderer. */
const layout: ToStringOptions = { indent: 2, indentSeq: false, flowCollectionPadding: false, lineWidth: 0 }

/** Reads the objects of a stream; documents without content are left out. */
export async function parseYamlStream(text: string): Promise<YamlObject[]> {
  const { isMap, isScalar, parseAllDocuments, visit } = await import('yaml')
  const parsed = splitDocuments(text).flatMap((source) => {
    const documents = parseAllDocuments(source, {
      version: '1.2',
      intAsBigInt: true,
      logLevel: 'silent',
      customTags: keepNumbers,
    })
    return Array.isArray(documents) ? documents.map((document) => ({ document, source })) : []
  })
  const objects: YamlObject[] = []
  for (const { document, source } of parsed) {
    const [problem] = document.errors
    if (problem) throw malformed(source, problem)
    if (!isMap(document.contents)) continue
    visit(document, {
      Node: (_key, node) => {
        node.spaceBefore = false
        if (isScalar(node)) adjustBlock(node, source)
      },
    })
    objects.push(yamlObject(document, source, isMap))
  }
  return objects
}

/** Splits a stream at its separators, which hold nothing but a comment. As kyaml's `splitDocuments`. */
function splitDocuments(text: string): string[] {
  const documents: string[] = []
  let start = 0
  for (const { 0: separator, index } of text.matchAll(/\n---.*\n/g)) {
    const rest = separator.slice(4).trim()
    if (rest !== '' && !rest.startsWith('#'))
      throw renderError('POST_RENDER', `invalid document separator: ${separator.trim()}`)
    documents.push(text.slice(start, index))
    start = index + separator.length
  }
  return [...documents, text.slice(start)]
}

/** What Go's reader finds wrong with a document, or else what the package does. */
function malformed(source: string, problem: Error): Error {
  let reason = problem.message.split('\n')[0] ?? ''
  try {
    parseYaml(source)
  } catch (error) {
    reason = errorText(error).replace(/^error converting YAML to JSON: |^yaml: /g, '')
  }
  return renderError('POST_RENDER', `MalformedYAMLError: yaml: ${reason.replace(/^yaml: /, '')}`, problem)
}

/** Where the content of a document ends. */
function endOf(document: Document): number {
  return (document.contents as { readonly range?: readonly number[] } | null)?.range?.[1] ?? 0
}

/** Numbers are written as they were read: `0755` and `1.10` mean something to others. */
function keepNumbers(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === 'string' || !/:(int|float)$/.test(tag.tag) || !('resolve' in tag) || 'collection' in tag)
      return tag
    return { ...tag, stringify: (item) => item.source ?? String(item.value) }
  })
}

/** As go-yaml: empty block texts and folded ones with blanks at an end come in quotes; text cut off at its end has no line break. */
function adjustBlock(scalar: Scalar, text: string): void {
  const { value, type, range } = scalar
  if (typeof value !== 'string' || (type !== 'BLOCK_FOLDED' && type !== 'BLOCK_LITERAL')) return
  const isCut = !text.endsWith('\n') && (range?.[1] ?? 0) >= text.length
  const actual = isCut ? value.replace(/\n$/, '') : value
  scalar.value = actual
  const isOneLine = type === 'BLOCK_FOLDED' && !actual.includes('\n')
  if (actual === '' || (isOneLine && /^\s|\s$/.test(actual))) scalar.type = 'QUOTE_DOUBLE'
}

function yamlObject(document: Document, source: string, isMap: (node: unknown) => boolean): YamlObject {
  const path = (name: string): string[] => ['metadata', 'annotations', name]
  return {
    annotation: (name) => {
      const value = document.getIn(path(name))
      return typeof value === 'string' ? value : undefined
    },
    setAnnotation: (name, value) => {
      const scalar = document.createNode(value)
      Object.assign(scalar, { type: 'QUOTE_SINGLE' })
      for (const above of [['metadata'], ['metadata', 'annotations']]) {
        if (!isMap(document.getIn(above, true))) document.setIn(above, document.createNode({}))
      }
      document.setIn(path(name), scalar)
    },
    clearAnnotation: (name) => {
      if (!document.hasIn(path(name))) return
      document.deleteIn(path(name))
      const annotations = document.getIn(['metadata', 'annotations'])
      const isEmpty = typeof annotations === 'object' && annotations !== null && 'items' in annotations
      if (isEmpty && Array.isArray(annotations.items) && annotations.items.length === 0) {
        document.deleteIn(['metadata', 'annotations'])
      }
    },
    toString: () => {
      const { comment } = document
      // go-yaml leaves a comment at the end where it is; the package puts an empty line in front of it.
      const isClose = typeof comment === 'string' && !/\n[ \t]*\n/.test(source.slice(endOf(document)))
      if (isClose) document.comment = null
      const text = document.toString(layout).replace(/^---\n/, '')
      document.comment = comment
      return isClose ? `${text}${comment.replace(/^/gm, '#')}\n` : text
    },
  }
}
