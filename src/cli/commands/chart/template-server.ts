import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import type { ChartInput } from '../release/chart-input.ts'
import type { TemplateOutput } from './template.ts'

/** Renders with the cluster's versions and objects, as a dry run of an installation on the server. */
export async function renderOnServer(
  _ctx: CliContext,
  _name: string,
  _input: ChartInput,
  _flags: unknown,
): Promise<TemplateOutput> {
  throw commandFailed('rendering against a cluster is not available')
}
