import { errorText } from '../../base/index.ts'
import type { RepoEnvironment } from '../environment.ts'
import { downloadIndex } from './chart-repository.ts'
import type { RepositoryEntry } from './repositories-file.ts'

/** What became of one repository. */
export interface RepositoryUpdate {
  readonly entry: RepositoryEntry
  /** Why it failed; absent when the index was fetched. */
  readonly problem?: string
}

/** Fetches the indexes of several repositories at once; `onDone` is called for each as it ends. */
export async function updateRepositories(
  entries: readonly RepositoryEntry[],
  env: RepoEnvironment,
  onDone: (update: RepositoryUpdate) => void,
  options: { readonly timeoutMs?: number } = {},
): Promise<readonly RepositoryUpdate[]> {
  return Promise.all(
    entries.map(async (entry) => {
      let update: RepositoryUpdate = { entry }
      try {
        await downloadIndex(entry, env, options)
      } catch (error) {
        update = { entry, problem: errorText(error) }
      }
      onDone(update)
      return update
    }),
  )
}
