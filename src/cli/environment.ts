import { homedir } from 'node:os'
import { join } from 'node:path'

/** The variables a process got. */
export type EnvVars = Readonly<Record<string, string | undefined>>

/** The folders of Helm (shared with it) and the home folder. Nothing here is created. */
export interface HelmFolders {
  readonly home: string
  readonly cache: string
  readonly config: string
  readonly data: string
}

/** The environment of this process, read in this one place. */
export function processEnvironment(): EnvVars {
  return process.env
}

/**
 * Helm's folders: `HELM_{CACHE,CONFIG,DATA}_HOME`, else `XDG_*_HOME/helm`, else the system's default.
 * As Helm 4 `pkg/helmpath`: a variable that is set to nothing counts as absent.
 */
export function helmFolders(env: EnvVars, platform: string = process.platform): HelmFolders {
  const home = homeFolder(env, platform)
  const folder = (kind: 'CACHE' | 'CONFIG' | 'DATA'): string => {
    const own = env[`HELM_${kind}_HOME`]
    if (own !== undefined && own !== '') return own
    const xdg = env[`XDG_${kind}_HOME`]
    if (xdg !== undefined && xdg !== '') return join(xdg, 'helm')
    return join(defaultFolder(kind, home, env, platform), 'helm')
  }
  return { home, cache: folder('CACHE'), config: folder('CONFIG'), data: folder('DATA') }
}

/** The folder of the bundled clusters' data: `CHARTCTL_HOME`, else `chartctl` in the user's data folder. */
export function chartctlHome(env: EnvVars, platform: string = process.platform): string {
  if (env.CHARTCTL_HOME !== undefined && env.CHARTCTL_HOME !== '') return env.CHARTCTL_HOME
  const xdg = env.XDG_DATA_HOME
  if (xdg !== undefined && xdg !== '') return join(xdg, 'chartctl')
  return join(defaultFolder('DATA', homeFolder(env, platform), env, platform), 'chartctl')
}

/** The user's home folder; empty when there is none. */
function homeFolder(env: EnvVars, platform: string = process.platform): string {
  const named = platform === 'win32' ? env.USERPROFILE : env.HOME
  if (named !== undefined && named !== '') return named
  try {
    return homedir()
  } catch {
    return ''
  }
}

/** Go's strconv.ParseBool; undefined when the text is not a truth value. */
export function parseGoBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  return undefined
}

function defaultFolder(kind: 'CACHE' | 'CONFIG' | 'DATA', home: string, env: EnvVars, platform: string): string {
  if (platform === 'win32') return (kind === 'CACHE' ? env.TEMP : env.APPDATA) ?? home
  if (platform === 'darwin') {
    if (kind === 'CACHE') return join(home, 'Library', 'Caches')
    return join(home, 'Library', kind === 'CONFIG' ? 'Preferences' : '')
  }
  if (kind === 'CACHE') return join(home, '.cache')
  return kind === 'CONFIG' ? join(home, '.config') : join(home, '.local', 'share')
}
