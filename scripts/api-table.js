/**
 * Writes docs/conformance.md: what the bundled cluster serves, taken from its own tables (resources, plugins, controllers).
 * `--check` only says whether the page is up to date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importBundled } from './lib/bundled.js'
import { root } from './lib/setup.js'

const page = join(root, 'docs/conformance.md')

const LETTERS = {
  create: 'c',
  get: 'g',
  list: 'l',
  watch: 'w',
  update: 'u',
  patch: 'p',
  delete: 'd',
  deletecollection: 'D',
}
const letters = (verbs) =>
  Object.entries(LETTERS)
    .map(([verb, letter]) => (verbs.includes(verb) ? letter : '·'))
    .join('')

const { createCatalog, defaultPlugins, validatedKinds, controllers } = await importBundled('api-table', {
  contents: `
export { createCatalog } from './apiserver/registry/catalog.ts'
export { defaultPlugins } from './apiserver/admission/plugins.ts'
export { validatedKinds } from './apiserver/validation/validator-of.ts'
export { controllers } from './controllers/index.ts'`,
  folder: 'src/cluster',
})
const resources = createCatalog()
const validated = validatedKinds()
// Names do not depend on what the plugins are given.
const nothing = new Proxy({}, { get: () => () => undefined })
const plugins = defaultPlugins(nothing).map(({ name }) => name)

const rows = resources.map(({ group, version, plural, kind, namespaced, verbs, subresources }) => {
  const subs = subresources.map(({ name }) => name).join(', ')
  const groupVersion = group === '' ? version : `${group}/${version}`
  const scope = namespaced ? 'namespace' : 'cluster'
  return `| ${groupVersion} | ${plural} | ${scope} | \`${letters(verbs)}\` | ${subs} | ${validated.has(kind) ? 'rules' : 'types'} |`
})

const text = `# What the bundled cluster serves

Written by \`node scripts/api-table.js\` from the engine's own tables; a test keeps it up to date.

## Resources

${new Set(resources.map(({ group, version }) => `${group}/${version}`)).size} group versions, ${resources.length} resources. Verbs: create, get, list, watch, update, patch, delete,
Delete collection. Validation: \`types\` checks the types and names of all fields, and metadata; \`rules\` also checks their
values as Kubernetes does. Every resource has its table columns, field selectors by name and namespace, and label selectors.

| group version | resource | scope | verbs | sub-resources | validation |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Custom resources have all verbs, \`status\` and \`scale\` where their definition asks for them, defaults, pruning, validation by
schema and by CEL rules, printer columns, and several versions, which a webhook may convert.

## Patches

| type | built-in kinds | custom resources |
| --- | --- | --- |
| \`application/json-patch+json\` | yes | yes |
| \`application/merge-patch+json\` | yes | yes |
| \`application/strategic-merge-patch+json\` | yes | no, 415 as in Kubernetes |
| \`application/apply-patch+yaml\` (server-side apply) | yes | yes |

## Admission

${plugins.map((name) => `- ${name}`).join('\n')}

## Controllers

${Object.keys(controllers)
  .map((name) => `- ${name}`)
  .join('\n')}
- garbage collector (background, foreground, orphan)
- scheduler (filters, scores and preemption of the default profile)

## Simulated

- Nodes: pods go through their phases, conditions, probes, restarts and back-offs; no container runs. Logs, exec, attach,
  cp and port-forward are answered by simulated containers over WebSocket and SPDY. See [simulation.md](simulation.md).
- Usage of nodes and pods (metrics.k8s.io) comes from a load model.
- Load balancers give addresses that lead nowhere; services have addresses and endpoints, but no traffic.
- Volumes of the local-path class are bound and hold what simulated containers write.

## Absent

- Real containers, Service traffic, DNS, ingress traffic.
- exec and other switches of protocol to aggregated servers; requests reach them.
- Allocation of devices (resource.k8s.io): classes, claims and slices are kept and checked, pods get none.
- Limits by flow schemas and priority levels: the objects are there, nothing is limited.
- Protobuf for definitions of custom resources, API services and flow control; CBOR. Clients that also take JSON get JSON.

Which recorded scenario or end-to-end test covers which requirement: [requirements.md](requirements.md).
`

if (process.argv.includes('--check')) {
  let written = ''
  try {
    written = readFileSync(page, 'utf8')
  } catch {
    // A page that is not there is out of date.
  }
  if (written !== text) {
    console.error('docs/conformance.md is out of date: run node scripts/api-table.js')
    process.exit(1)
  }
} else {
  mkdirSync(join(root, 'docs'), { recursive: true })
  writeFileSync(page, text)
}
