import type { Release } from '../../../release/index.ts'
import { commandFailed } from '../../errors.ts'

/** Renders a Go template over `.Release`. */
export function renderReleaseTemplate(_template: string, _release: Release): string {
  throw commandFailed('--template is not available')
}
