import { errorText } from '../base/index.ts'
import { trimSpace } from '../go/index.ts'
import { TemplateError } from '../template/index.ts'
import { RenderError, renderError } from './errors.ts'

/** Marks around the messages of `required` and `fail`, so that they can be shown without the template's own words. */
const warnStart = 'HELM_ERR_START'
const warnEnd = 'HELM_ERR_END'

/** Wraps the message of `required` or `fail`. */
export function markMessage(message: string): string {
  return `${warnStart}${message}${warnEnd}`
}

/** A parse error as Helm words it: `parse error at (file:line): reason`. */
export function cleanParseError(file: string, error: unknown): RenderError {
  const tokens = errorText(error).split(': ')
  if (tokens.length === 1) return renderError('RENDER_PARSE', `parse error in (${file}): ${errorText(error)}`, error)
  return renderError('RENDER_PARSE', `parse error at (${tokens[1]}): ${tokens.at(-1)}`, error)
}

/**
 * An execution error as Helm 4.2 words it. The message of `required` and `fail` stands alone; a chain of template frames becomes
 * one block per frame (place, what was executed, message); as soon as the chain holds another error, Go's text is kept.
 */
export function cleanExecError(file: string, error: unknown): unknown {
  if (!(error instanceof TemplateError)) return error
  if (error.code !== 'TEMPLATE_EXEC') return renderError('RENDER_EXEC', error.message, error)
  const text = error.message
  const first = text.indexOf(': ')
  const second = first < 0 ? -1 : text.indexOf(': ', first + 2)
  if (second < 0) return renderError('RENDER_EXEC', `execution error in (${file}): ${text}`, error)
  const location = text.slice(first + 2, second)
  const marked = markedMessage(text.slice(second + 2))
  if (marked !== undefined) return renderError('RENDER_EXEC', `execution error at (${location}): ${marked}`, error)
  const frames: string[] = []
  for (let current: unknown = error; current !== undefined; current = causeOf(current)) {
    const frame = formatFrame(errorText(current))
    if (frame === undefined) return renderError('RENDER_EXEC', text, error)
    if (frames.at(-1) !== frame) frames.push(frame)
  }
  return new RenderError('RENDER_EXEC', trimSpace(frames.join('')), {}, error)
}

function markedMessage(text: string): string | undefined {
  const start = text.indexOf(warnStart)
  const end = text.lastIndexOf(warnEnd)
  return start < 0 || end < start + warnStart.length ? undefined : text.slice(start + warnStart.length, end)
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

/** The text of one frame; undefined when the error is not one of text/template. */
function formatFrame(text: string): string | undefined {
  const prefix = 'template: '
  if (!text.startsWith(prefix)) return undefined
  const rest = text.slice(prefix.length)
  if (rest.startsWith('no template ')) return `${text}\n`
  return executingFrame(rest) ?? simpleFrame(rest)
}

/** `NAME: executing "FUNCTION" at <NODE>: MESSAGE`. */
function executingFrame(rest: string): string | undefined {
  const marker = ': executing '
  const at = rest.indexOf(marker)
  if (at < 0) return undefined
  const after = rest.slice(at + marker.length)
  const endQuote = after.startsWith('"') ? after.indexOf('"', 1) : -1
  if (endQuote < 0) return undefined
  const node = after.slice(endQuote + 1)
  if (!node.startsWith(' at <')) return undefined
  const close = node.indexOf('>: ')
  if (close < 0) return undefined
  const executed = `executing ${after.slice(0, endQuote + 1)} at ${node.slice(' at '.length, close)}>:`
  return frameText(rest.slice(0, at), executed, cutAtTemplate(node.slice(close + '>: '.length)))
}

/** `NAME: MESSAGE`. */
function simpleFrame(rest: string): string | undefined {
  const at = rest.lastIndexOf(': ')
  return at < 0 ? undefined : frameText(rest.slice(0, at), '', cutAtTemplate(rest.slice(at + 2)))
}

function cutAtTemplate(message: string): string {
  const at = message.indexOf(' template:')
  return at < 0 ? message : message.slice(0, at)
}

function frameText(location: string, executed: string, message: string): string {
  return (
    (location === '' ? '' : `${location}\n  `) +
    (executed === '' ? '' : `${executed}\n    `) +
    (message === '' ? '' : `${message}\n`)
  )
}
