import { boolFlag, customFlag, durationFlag, FlagValueError } from './define.ts'

/** Flags of commands that change releases which are not Helm's. */
export const beyondFlags = {
  explain: boolFlag(
    'on failure say why, also where standard error is no terminal (CHARTCTL_EXPLAIN=1 does it for all commands)',
  ),
  failFast: boolFlag(
    'with --wait, end at the first cause that does not pass: image, crash loop, quota, no node, failed job',
  ),
  releaseChunks: boolFlag('spread a record that is too large over several Secrets; Helm cannot read it then'),
  lockWait: durationFlag('how long to wait while another process works on the release', 0),
} as const

/** `--crds` of install and upgrade; absent: Helm's rules. */
export const crdsFlag = customFlag<'install' | 'upgrade' | 'skip' | undefined>({
  type: 'string',
  usage:
    "what becomes of the chart's CRDs: 'install' new ones, 'upgrade' changed ones too (refused when stored versions or objects would be lost), or 'skip'",
  initial: undefined,
  parse: (text) => {
    if (text === 'install' || text === 'upgrade' || text === 'skip') return text
    throw new FlagValueError('must be install, upgrade or skip')
  },
  show: () => undefined,
  complete: () => ({ candidates: ['install', 'upgrade', 'skip'] }),
})
