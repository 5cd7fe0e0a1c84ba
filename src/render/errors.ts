import { ChartctlError } from '../base/index.ts'

/** What went wrong while rendering. */
export type RenderErrorCode = 'RENDER_PARSE' | 'RENDER_EXEC' | 'RENDER_KUBE_VERSION' | 'RENDER_MANIFEST' | 'POST_RENDER'

/** An error while rendering a chart; the message equals Helm's. */
export class RenderError extends ChartctlError<RenderErrorCode> {}

/** Builds a render error; `cause` is what it wraps. */
export function renderError(code: RenderErrorCode, message: string, cause?: unknown): RenderError {
  return new RenderError(code, message, {}, cause)
}
