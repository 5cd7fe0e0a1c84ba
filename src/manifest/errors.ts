import { ChartctlError } from '../base/index.ts'

/** What went wrong with rendered manifests. */
export type ManifestErrorCode = 'MANIFEST_SYNTAX'

/** An error about a rendered manifest; the message equals Helm's. */
export class ManifestError extends ChartctlError<ManifestErrorCode> {}

/** A document that is no YAML, or whose head has the wrong types. `path` is the template that rendered it. */
export function manifestSyntaxError(path: string, reason: string, cause?: unknown): ManifestError {
  return new ManifestError('MANIFEST_SYNTAX', `YAML parse error on ${path}: ${reason}`, { path }, cause)
}
