import type { FamilyRunner } from './runner.ts'
import { basename } from 'node:path'

/**
 * Scenarios of `release`, `kubectl` and `api`. They need a running cluster and are replayed by the recordings' own program; this
 * adapter is where that is started.
 */
export const runClusterFile: FamilyRunner = (file, report) => {
  report({ id: basename(file, '.json'), status: 'skipped', detail: 'cluster scenarios are not wired yet' })
}
