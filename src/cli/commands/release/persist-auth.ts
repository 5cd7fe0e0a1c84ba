import { readFile, rename, writeFile } from 'node:fs/promises'
import { loadYamlEditor } from '../../../encoding/index.ts'
import type { UserEntry } from '../../../kube/index.ts'

/**
 * Writes the refreshed tokens of a user's auth provider back into the kubeconfig that the entry came from; everything
 * else in the file stays. The file is replaced whole, so that nobody reads half of it.
 */
export async function persistAuthProvider(user: UserEntry, config: Readonly<Record<string, string>>): Promise<void> {
  const { origin } = user
  if (origin === undefined) return
  const edit = await loadYamlEditor()
  const text = edit(await readFile(origin.file, 'utf8'), (document) => {
    const { users } = (document ?? {}) as { users?: { name?: string; user?: UserEntry }[] }
    const entry = users?.find((one) => one.name === origin.name)?.user
    if (entry?.['auth-provider'] !== undefined) entry['auth-provider'].config = { ...config }
  })
  const staged = `${origin.file}.${process.pid}.tmp`
  await writeFile(staged, text, { mode: 0o600 })
  await rename(staged, origin.file)
}
