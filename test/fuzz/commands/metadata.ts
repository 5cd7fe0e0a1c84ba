import type { Random } from '../random.ts'

/** Values of the fields of Chart.yaml as they stand in YAML: the first ones are usual, the later ones odd. */
const fields: Readonly<Record<string, readonly string[]>> = {
  apiVersion: ['v2', 'v2', 'v2', 'v1', 'v3', '""', 'null', '2', '[v2]', 'V2'],
  version: [
    ...[
      '0.1.0',
      '0.1.0',
      '1.2.3-rc.1+b',
      'v1.2.3',
      '1',
      '1.2',
      '1.10',
      '01.2.3',
      '""',
      'null',
      'x',
      '1.2.3.4',
      '" 1.2.3"',
    ],
    ...['1.2.3-01', '1.2.3+', 'true', '99999999999999999999.0.0', '1.2.3-é', '{a: 1}', '2024-01-02', '1e3', '0x10.1.1'],
  ],
  appVersion: ['"1.0"', '1.0', '1', 'v1.2.3', 'null', '""', '"a b"', '[1]', '2024-01-02', 'true', '"1.2.3+b"'],
  type: ['application', 'library', 'Application', '""', 'null', 'foo', '1'],
  kubeVersion: [
    '">=1.20.0"',
    '">=1.20.0-0"',
    '"<1.0.0"',
    'x',
    '""',
    '"^1.30 || ^2"',
    '1.36',
    '">= 1.99"',
    '"*"',
    'null',
  ],
  description: ['d', '"a\\nb"', '"\\u00e9\\u0007"', '|\n  x\n  y', 'null', '1', '""', '"a: b # c"'],
  home: ['https://h.example', 'h', '""', 'http://h:port', 'null', '"http://a b"'],
  icon: ['https://h.example/i.png', 'ftp://x', 'x', '""', '"data:image/png;base64,AA"', 'http://%zz', 'null', '1'],
  deprecated: ['true', 'false', '"true"', 'null', 'yes', '1', '"no"'],
  sources: ['[https://h.example/s]', '[x]', '[]', 'x', '[null]', '["http://a b", ftp://y]', '[1]', '{a: 1}'],
  keywords: ['[a, b]', '["a\\nb"]', '[]', 'a', '[1]', '[null]'],
  maintainers: [
    ...[
      '[{name: a, email: a@b.c, url: "https://h"}]',
      '[{name: a, email: x}]',
      '[{email: a@b}]',
      '[null]',
      '[{}]',
      'x',
    ],
    ...[
      '[{name: a, url: x}]',
      '[{name: "a\\nb"}]',
      '[a]',
      '[]',
      '[{name: 1}]',
      '[{name: a, other: 1}]',
      '[{name: a},]',
    ],
  ],
  annotations: [
    '{a: b}',
    '{a: 1}',
    '{a: null}',
    'x',
    '{}',
    '[]',
    '{"a/b": "c\\nd"}',
    '{1: a}',
    '{true: x}',
    '{a: {b: c}}',
  ],
  unknown: ['1', '{a: b}', 'null'],
  engine: ['gotpl', 'x', 'null'],
  tillerVersion: ['">=2"', 'x'],
  condition: ['a.b', 'null'],
  tags: ['a', '[a]'],
}

const names = [
  ...['c', 'c', 'c', 'c', 'c', 'd', 'C', 'c_1', 'c.d', '"a b"', 'a/b', '..', '.', '""', 'null', '1', 'true', '"c\\n"'],
  ...['é', '-c', 'c-', '[c]', '1.0', `${'n'.repeat(260)}`, '"c\\u0000"', '"{{ .x }}"', 'c--d', '0x1'],
]

/** A Chart.yaml: usual fields, mostly with usual values. `oddity` is how likely a value is odd. */
export function metadataText(random: Random, oddity: number, dependencies: string): string {
  const value = (list: readonly string[]): string => (random.chance(oddity) ? random.pick(list) : list[0]!)
  const lines: string[] = []
  if (!random.chance(oddity / 8)) lines.push(`apiVersion: ${value(fields.apiVersion!)}`)
  if (!random.chance(oddity / 8)) lines.push(`name: ${random.chance(oddity / 2) ? random.pick(names) : 'c'}`)
  if (!random.chance(oddity / 8)) lines.push(`version: ${value(fields.version!)}`)
  for (const [field, list] of Object.entries(fields)) {
    if (lines.some((line) => line.startsWith(`${field}:`)) || ['apiVersion', 'version'].includes(field)) continue
    const share = ['engine', 'tillerVersion', 'condition', 'tags', 'unknown', 'deprecated'].includes(field) ? 0.04 : 0.2
    if (random.chance(share)) lines.push(`${field}: ${random.chance(0.5) ? list[0] : value(list)}`)
  }
  if (dependencies !== '') lines.push(dependencies)
  if (random.chance(0.2)) lines.reverse()
  if (random.chance(0.15))
    lines.splice(random.int(lines.length + 1), 0, random.pick(['# c', '', 'description: >-\n  a\n  b']))
  if (random.chance(oddity / 10))
    lines.push(random.pick(['---', 'name: twice', '\tx: 1', 'x', '- a', 'a: b: c', '...', '? x', '"']))
  return `${lines.join('\n')}${random.chance(0.9) ? '\n' : ''}`
}

/** One entry of `dependencies`, of a sub-chart that is there (`present`) or not. */
export function dependencyText(random: Random, name: string, odd: number): string {
  const parts = [`name: ${random.chance(odd / 4) ? random.pick(names) : name}`]
  const add = (share: number, field: string, values: readonly string[]): void => {
    if (random.chance(share)) parts.push(`${field}: ${random.chance(odd) ? random.pick(values) : values[0]}`)
  }
  add(0.93, 'version', ['"0.1.0"', '"*"', '">=1"', 'x', '""', '1', '"~0.1"', 'null', '"^0.1.0 || 2"'])
  add(0.5, 'repository', [
    `"file://charts/${name}"`,
    '"file://../x"',
    'https://127.0.0.1:1',
    '"@none"',
    '"alias:none"',
    '""',
    'x',
    '"oci://127.0.0.1:1/x"',
  ])
  add(0.2, 'condition', [`${name}.enabled`, 'x.y', `"${name}.enabled,global.on"`, 'null', '" "', '1'])
  add(0.15, 'tags', ['[front]', '[front, back]', 'front', '[]', '[null]', '[1]'])
  add(0.15, 'alias', ['al', '"a b"', '"al-1"', 's', '""', 'null', 'a_b', '"é"', 'A.b'])
  add(0.15, 'import-values', [
    '[data]',
    '[{child: m, parent: imp}]',
    '[{child: m}]',
    'x',
    '[1]',
    '[null]',
    '[{child: 1, parent: 2}]',
  ])
  add(0.05, 'enabled', ['true', 'false', 'x'])
  add(0.03, 'unknown', ['1'])
  return `{${parts.join(', ')}}`
}
