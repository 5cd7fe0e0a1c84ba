import { boolFlag, durationFlag } from './define.ts'

/** Flags of commands that change releases which are not Helm's. */
export const beyondFlags = {
  explain: boolFlag(
    'on failure say why, also where standard error is no terminal (CHARTCTL_EXPLAIN=1 does it for all commands)',
  ),
  failFast: boolFlag(
    'with --wait, end at the first cause that does not pass: image, crash loop, quota, no node, failed job',
  ),
  lockWait: durationFlag('how long to wait while another process works on the release', 0),
} as const
