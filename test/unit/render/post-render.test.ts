import { expect, test } from 'vitest'
import { manualClock, systemRandom } from '../../../src/base/index.ts'
import { assembleChart } from '../../../src/chart/index.ts'
import { formatTemplateOutput, type PostRenderStrategy, renderChart } from '../../../src/render/index.ts'

const host = { clock: manualClock(0), random: systemRandom, env: {} }
const release = { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false }

async function postRendered(
  template: string,
  run: (text: string) => string,
  strategy: PostRenderStrategy = 'combined',
): Promise<string> {
  const files = { 'Chart.yaml': '{apiVersion: v2, name: c, version: 0.1.0}', 'templates/a.yaml': template }
  const chart = assembleChart(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })))
  const postRender = { strategy, run: async (text: string) => run(text) }
  return formatTemplateOutput(await renderChart(chart, new Map(), { host, release, postRender }))
}

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a # why\ndata:\n  mode: 0755\n'
const hook = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: test\n'

test('documents come back under their template, with comments and numbers as they were', async () => {
  expect(await postRendered(configMap, (text) => text)).toBe(`---\n# Source: c/templates/a.yaml\n${configMap}`)
})

test('the post-renderer is told which template a document is from', async () => {
  let seen = ''
  await postRendered(configMap, (text) => {
    seen = text
    return text
  })
  expect(seen).toContain("postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'")
})

test('a document that the post-renderer adds gets a name', async () => {
  const added = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n'
  expect(await postRendered(configMap, (text) => `${text}---\n${added}`)).toContain(
    '# Source: generated-by-postrender-1.yaml',
  )
})

test.each<[PostRenderStrategy, number]>([
  ['combined', 1],
  ['separate', 2],
  ['nohooks', 1],
])('%s: how often the post-renderer runs', async (strategy, times) => {
  const seen: string[] = []
  const run = (text: string): string => {
    seen.push(text)
    return text
  }
  await postRendered(`${configMap}---\n${hook}`, run, strategy)
  expect(seen).toHaveLength(times)
  expect(seen.some((text) => text.includes('helm.sh/hook'))).toBe(strategy !== 'nohooks')
})
