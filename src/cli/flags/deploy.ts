import {
  boolFlag,
  customFlag,
  durationFlag,
  type FlagSpec,
  FlagValueError,
  stringFlag,
  stringMapFlag,
  stringSliceFlag,
} from './define.ts'
import { goQuote } from '../errors.ts'

/** How to wait: `watcher` until everything is ready, `hookOnly` for hooks, `legacy` as Helm 3 did. */
export type WaitStrategy = 'watcher' | 'hookOnly' | 'legacy'

/** `--wait[=watcher]`. */
export const waitFlag: FlagSpec<WaitStrategy> = customFlag<WaitStrategy>({
  type: 'WaitStrategy',
  usage:
    "wait until the resources are ready, at most --timeout: '--wait' alone means 'watcher'; or 'watcher', 'hookOnly' (when the flag is absent), 'legacy'",
  alone: 'watcher',
  initial: 'hookOnly',
  parse: (text, _previous, context) => {
    if (text === 'watcher' || text === 'hookOnly' || text === 'legacy') return text
    if (text === 'true') {
      context.warn('--wait=true is deprecated (boolean value) and can be replaced with --wait=watcher')
      return 'watcher'
    }
    if (text === 'false') {
      context.warn('--wait=false is deprecated (boolean value) and can be replaced with --wait=hookOnly')
      return 'hookOnly'
    }
    throw new FlagValueError(`invalid wait input ${goQuote(text)}. Valid inputs are watcher, hookOnly, and legacy`)
  },
  show: (value) => value,
})

/** `--dry-run[=client|server|none]` as text; resolve it with `dryRunStrategy`. */
export const dryRunFlag = stringFlag(
  "simulate: 'none' (the default) does it, 'client' simulates without a cluster, 'server' simulates on the server",
  'none',
  { alone: 'unset' },
)

/** `--timeout`, 5 minutes. */
export const timeoutFlag = durationFlag(
  'how long to wait for any single Kubernetes operation (such as a hook job)',
  300_000,
)

/** `--wait-for-jobs`. */
export const waitForJobsFlag = boolFlag('with --wait, wait for jobs to complete too, at most --timeout')

/** `--post-renderer` and its arguments: the first names a plugin. */
export const postRendererFlags = {
  postRenderer: customFlag<string>({
    type: 'postRendererString',
    usage: 'name of a post-renderer plugin that manifests pass through',
    initial: '',
    parse: (text, previous = '') => {
      if (text !== '' && previous !== '') throw new FlagValueError('cannot specify --post-renderer flag more than once')
      return text === '' ? previous : text
    },
    show: () => undefined,
  }),
  postRendererArgs: customFlag<readonly string[]>({
    type: 'postRendererArgsSlice',
    usage: 'argument for the post-renderer (may be repeated)',
    initial: [],
    parse: (text, previous = []) => [...previous, text],
    show: () => '[]',
  }),
} as const

/** Flags that install, upgrade and template share, without values, chart path, dry-run and output flags. */
export const installFlags = {
  atomic: boolFlag('deprecated', false, { deprecated: 'use --rollback-on-failure instead' }),
  createNamespace: boolFlag('create the namespace when it does not exist'),
  dependencyUpdate: boolFlag('fetch missing dependencies of the chart before installing it'),
  description: stringFlag('description of this revision'),
  disableOpenapiValidation: boolFlag('do not validate what was rendered against the Kubernetes schemas'),
  enableDns: boolFlag('let templates look up host names'),
  force: boolFlag('deprecated', false, { deprecated: 'use --force-replace instead' }),
  forceConflicts: boolFlag('with server-side apply, take over fields that others own'),
  forceReplace: boolFlag('replace resources instead of patching them'),
  labels: stringMapFlag('labels for the record of the release, separated by commas', { short: 'l' }),
  noHooks: boolFlag('do not run hooks'),
  rollbackOnFailure: boolFlag('undo the operation when it fails; implies --wait unless that is given'),
  skipCrds: boolFlag('do not install the CRDs of the chart'),
  skipSchemaValidation: boolFlag("do not check values against the chart's JSON schema"),
  takeOwnership: boolFlag("adopt existing resources without checking Helm's annotations"),
  timeout: timeoutFlag,
  wait: waitFlag,
  waitForJobs: waitForJobsFlag,
} as const

/** `--filter` of `test`. */
export const testFilterFlag = stringSliceFlag('choose tests by attribute: name=test1,!name=test2 (may be repeated)')
