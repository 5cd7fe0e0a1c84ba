import { boolFlag, durationFlag } from './define.ts'

/** Flags of commands that change releases which are not Helm's. */
export const beyondFlags = {
  explain: boolFlag(
    'on failure say why, also where standard error is no terminal (CHARTCTL_EXPLAIN=1 does it for all commands)',
  ),
  lockWait: durationFlag('how long to wait while another process works on the release', 0),
} as const
