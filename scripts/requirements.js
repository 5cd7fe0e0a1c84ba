/**
 * Writes docs/requirements.md: for each scenario of the requirement maps (section 4 of ../shared/requirements/map_*.md) the test
 * that covers it, or why it waits for the real runtime. `--check` only says whether the page is up to date.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/setup.js'

const tests = join(root, 'test/e2e/requirements')
const shared = join(root, '../shared')
const page = join(root, 'docs/requirements.md')
const ROW = /\b(?:A-S\d+|B4-\d+|C-T\d+)\b/g

/** Row → lines that name what covers it. */
const covered = new Map()
const cover = (row, text) => covered.set(row, [...(covered.get(row) ?? []), text])

for (const file of readdirSync(tests)
  .filter((name) => name.endsWith('.test.ts'))
  .sort()) {
  const text = readFileSync(join(tests, file), 'utf8')
  for (const [, title] of text.matchAll(/\btest\(\s*'([^']+)'/g)) {
    const name = title.replace(ROW, '').trim()
    for (const [row] of title.matchAll(ROW)) cover(row, `\`${file}\`: ${name}`)
  }
}
const recordings = join(shared, 'conformance/kubectl')
if (existsSync(recordings)) {
  for (const file of readdirSync(recordings)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const { id, covers = [] } = JSON.parse(readFileSync(join(recordings, file), 'utf8'))
    for (const row of covers) cover(/^S\d/.test(row) ? `A-${row}` : row, `recording \`${id}\``)
  }
}
const waiting = JSON.parse(readFileSync(join(tests, 'waiting.json'), 'utf8'))

const rows = new Set([...covered.keys(), ...Object.keys(waiting)])
for (const [map, prefix, pattern] of [
  ['map_a', 'A-', /^\| (S\d+) \|/gm],
  ['map_b', '', /^- (B4-\d+) /gm],
  ['map_c', '', /^\| (C-T\d+) \|/gm],
]) {
  const file = join(shared, 'requirements', `${map}.md`)
  if (!existsSync(file)) continue
  for (const [, id] of readFileSync(file, 'utf8').matchAll(pattern)) rows.add(prefix + id)
}

const order = (row) => row.replace(/\d+$/, (digits) => digits.padStart(4, '0'))
const sorted = [...rows].sort((a, b) => (order(a) < order(b) ? -1 : 1))
const open = sorted.filter((row) => !covered.has(row) && waiting[row] === undefined)
const lines = sorted.map((row) => {
  const what = covered.has(row) ? covered.get(row).join('; ') : `waits: ${waiting[row] ?? 'nothing covers it yet'}`
  return `| ${row} | ${what} |`
})
const count = sorted.filter((row) => covered.has(row)).length
const text = `# Requirements and their tests

Each row is a scenario of the requirement maps: A-S… of map A, B4-… of map B, C-T… of map C. Tests are those in
\`test/e2e/requirements\`, which run real kubectl against a cluster in their process; recordings are replayed by
\`npm run conformance\`. A row that waits needs what simulated nodes do not have. This page is written by
\`node scripts/requirements.js\`.

${count} of ${sorted.length} rows are covered, ${sorted.length - count} wait.

| row | covered by |
| --- | --- |
${lines.join('\n')}
`

if (process.argv.includes('--check')) {
  const same = existsSync(page) && readFileSync(page, 'utf8') === text
  if (!same) console.error('docs/requirements.md is out of date: run node scripts/requirements.js')
  if (open.length > 0) console.error(`nothing covers ${open.join(', ')}`)
  process.exitCode = same && open.length === 0 ? 0 : 1
} else {
  mkdirSync(join(root, 'docs'), { recursive: true })
  writeFileSync(page, text)
  console.log(
    `${count} of ${sorted.length} rows are covered${open.length > 0 ? `; nothing covers ${open.join(', ')}` : ''}`,
  )
}
