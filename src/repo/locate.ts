import { statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { downloadToCache } from './download.ts'
import type { RepoEnvironment } from './environment.ts'
import { repoError } from './errors.ts'
import { makeFolder } from './files.ts'
import type { FetchOptions } from './getters.ts'
import { findChartInRepoUrl } from './http/chart-repository.ts'
import { verifyChartFile } from './provenance.ts'
import { sameOrigin } from './url.ts'

/** How a command names a chart and its version. */
export interface ChartReference {
  /** A path, `repo/name`, a URL, `oci://…`, or with `repoUrl` just a name. */
  readonly name: string
  /** Version or constraint; empty means the newest release. */
  readonly version: string
  /** `--repo`; empty when absent. */
  readonly repoUrl: string
  readonly fetch: FetchOptions
  readonly verify: boolean
  readonly keyring: string
}

/** Finds a chart and gives the absolute path of its folder or archive, downloading it when it is not local. As Helm 4 `LocateChart`. */
export async function locateChart(
  reference: ChartReference,
  env: RepoEnvironment,
  warn: (line: string) => void,
): Promise<string> {
  const name = reference.name.trim()
  const version = reference.version.trim()
  if (reference.repoUrl === '') {
    if (statSync(name, { throwIfNoEntry: false }) !== undefined) {
      const path = resolve(name)
      if (reference.verify) await verifyChartFile(path, `${path}.prov`, reference.keyring)
      return path
    }
    if (isAbsolute(name) || name.startsWith('.')) throw repoError('CHART_PATH_NOT_FOUND', `path "${name}" not found`)
  }
  const target = await targetOf(reference, { name, version }, env)
  makeFolder(env.repositoryCache)
  const downloaded = await downloadToCache(target.name, version, env, {
    fetch: target.fetch,
    verify: reference.verify ? 'always' : 'never',
    keyring: reference.keyring,
    warn,
  })
  return resolve(downloaded.path)
}

async function targetOf(
  reference: ChartReference,
  wanted: { readonly name: string; readonly version: string },
  env: RepoEnvironment,
): Promise<{ readonly name: string; readonly fetch: FetchOptions }> {
  if (reference.repoUrl === '') return { name: wanted.name, fetch: reference.fetch }
  const url = await findChartInRepoUrl(reference.repoUrl, wanted.name, env, {
    ...reference.fetch,
    version: wanted.version,
  })
  const mayLogIn = reference.fetch.passCredentialsAll === true || sameOrigin(reference.repoUrl, url)
  return { name: url, fetch: mayLogIn ? reference.fetch : { ...reference.fetch, username: '', password: '' } }
}
