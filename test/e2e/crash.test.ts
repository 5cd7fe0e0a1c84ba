import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { createSandbox, mustSucceed, type Sandbox } from '../support/program.ts'

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly data?: Record<string, string> }[]
}

const ROUNDS = 12
const WRITERS = 4

describe('kill -9 of the cluster in the middle of writes', () => {
  let sandbox: Sandbox

  beforeAll(() => {
    sandbox = createSandbox()
  })
  afterAll(() => sandbox.dispose())

  test('loses nothing that was acknowledged, and the next start works', { timeout: 240_000 }, async () => {
    /** Value of each ConfigMap that the server acknowledged, and those whose answer never came. */
    const acknowledged = new Map<string, string>()
    const uncertain = new Map<string, Set<string>>()
    const collection = '/api/v1/namespaces/default/configmaps'

    for (let round = 0; round < ROUNDS; round++) {
      mustSucceed(await sandbox.chartctl(['cluster', 'start']))
      const kubeconfig = mustSucceed(await sandbox.chartctl(['cluster', 'kubeconfig', '--path'])).trim()
      const { pid } = JSON.parse(readFileSync(path.join(path.dirname(kubeconfig), 'state.json'), 'utf8')) as {
        pid: number
      }
      const api = openApi(kubeconfig)

      const listed = (await api.call('GET', collection)).body as Listed
      const found = new Map(listed.items.map((item) => [item.metadata.name, item.data?.value ?? '']))
      for (const [name, value] of acknowledged) {
        const allowed = new Set([value, ...(uncertain.get(name) ?? [])])
        expect(allowed, `round ${round}: ${name}`).toContain(found.get(name))
        acknowledged.set(name, found.get(name) ?? '')
      }
      uncertain.clear()

      let alive = true
      const write = async (writer: number): Promise<void> => {
        for (let i = 0; alive; i++) {
          const name = `w${writer}-${i % 40}`
          const value = `${round}.${i}`
          const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } }
          const exists = acknowledged.has(name)
          uncertain.set(name, (uncertain.get(name) ?? new Set()).add(value))
          const answer = await api
            .call(exists ? 'PUT' : 'POST', exists ? `${collection}/${name}` : collection, object)
            .catch(() => undefined)
          if (answer === undefined) return
          if (answer.status === 409 && !exists) {
            acknowledged.set(name, found.get(name) ?? '')
            continue
          }
          expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
          acknowledged.set(name, value)
          uncertain.delete(name)
        }
      }
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer))
      await new Promise((resolve) => setTimeout(resolve, 60 + ((round * 37) % 150)))
      process.kill(pid, 'SIGKILL')
      await Promise.all(writers)
      alive = false
      api.close()
    }
    expect(acknowledged.size).toBeGreaterThan(WRITERS)
  })
})
