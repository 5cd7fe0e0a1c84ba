import type { FuzzCase } from '../case.ts'
import type { Random } from '../random.ts'

const names = ['s', 't', 'g', 'u']

/** A chart with sub-charts: defaults, globals, nulls, conditions, tags, aliases and imported values. */
export function mergeCase(random: Random): FuzzCase {
  const files: Record<string, string> = {}
  const chart = (name: string, folder: string, depth: number): void => {
    const children = depth > 0 ? names.filter((child) => child !== name && random.chance(depth > 1 ? 0.55 : 0.25)) : []
    const declared = children.flatMap((child) =>
      random.chance(0.8) ? random.some(1, random.chance(0.15) ? 2 : 1, () => dependency(random, child)) : [],
    )
    files[`${folder}Chart.yaml`] = JSON.stringify({
      apiVersion: random.chance(0.9) ? 'v2' : 'v1',
      name,
      version: '0.1.0',
      ...(declared.length > 0 ? { dependencies: declared } : {}),
    })
    if (random.chance(0.85)) files[`${folder}values.yaml`] = `${JSON.stringify(values(random, children, depth))}\n`
    files[`${folder}templates/t.yaml`] =
      `values: {{ .Values | toJson | b64enc }}\nsubcharts: {{ keys .Subcharts | sortAlpha | toJson }}`
    for (const child of children) chart(child, `${folder}charts/${child}/`, depth - 1)
  }
  chart('c', '', 2)
  return {
    files,
    ...(random.chance(0.7) ? { valueFiles: [`${JSON.stringify(values(random, names.slice(0, 2), 2))}\n`] } : {}),
    ...(random.chance(0.3)
      ? {
          set: random.some(
            1,
            3,
            () =>
              `${random.pick(['s.x', 's.enabled', 'tags.front', 'global.a', 's.m', 't.g.x', 'x', 'global', 's', 'tags', 's.global.a', 'global.m.a', 'al.x'])}=${random.pick(['1', 'null', 'x', 'true', 'false', '{a,b}'])}`,
          ),
        }
      : {}),
  }
}

interface DeclaredDependency {
  readonly [field: string]: unknown
}

function dependency(random: Random, name: string): DeclaredDependency {
  return {
    name,
    version: random.pick(['0.1.0', '0.1.0', '>=0.0.1', '1.0.0', '', '*']),
    ...(random.chance(0.3)
      ? {
          condition: random.pick([
            's.enabled',
            'enabled',
            `${name}.enabled`,
            's.x,t.enabled',
            ' s.enabled',
            'a.b.c',
            '',
            'global.on',
            'x',
          ]),
        }
      : {}),
    ...(random.chance(0.3) ? { tags: random.some(1, 2, () => random.pick(['front', 'back'])) } : {}),
    ...(random.chance(0.2) ? { alias: random.pick(['al', 'al', 's', 'other']) } : {}),
    ...(random.chance(0.4)
      ? {
          'import-values': random.some(1, 2, () =>
            random.weighted<unknown>([
              [2, () => random.pick(['data', 'more', 'exports', 'x', ''])],
              [
                3,
                () => ({
                  child: random.pick(['m', 'x', 'exports.data', 'm.d', '.', 'missing', 'l', 'global', 'n']),
                  parent: random.pick(['imp', '.', 'm', 'x.y', 's', 'm.d', 'global']),
                }),
              ],
              [0.2, () => random.pick([1, null, true, { child: 'm' }, { parent: 'x' }, { child: 1, parent: 2 }])],
            ]),
          ),
        }
      : {}),
    ...(random.chance(0.04) ? { enabled: random.chance(0.5) } : {}),
  }
}

function values(random: Random, children: readonly string[], depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  const maybe = (probability: number, key: string, make: () => unknown): void => {
    if (random.chance(probability)) out[key] = make()
  }
  maybe(0.5, 'x', () => scalar(random))
  maybe(0.5, 'm', () => table(random))
  maybe(0.3, 'l', () => random.some(0, 2, () => scalar(random)))
  maybe(0.2, 'n', () => null)
  maybe(0.35, 'global', () => (random.chance(0.85) ? table(random) : scalar(random)))
  maybe(0.25, 'tags', () =>
    random.chance(0.9)
      ? { front: random.chance(0.5), back: random.chance(0.9) ? random.chance(0.5) : 'x' }
      : scalar(random),
  )
  maybe(0.3, 'enabled', () => random.pick([true, false, 'yes', null, 1]))
  maybe(0.3, 'exports', () => ({
    data: table(random),
    ...(random.chance(0.5) ? { more: table(random) } : {}),
    ...(random.chance(0.2) ? { x: scalar(random) } : {}),
  }))
  for (const child of [...children, ...(random.chance(0.2) ? ['al'] : [])]) {
    if (random.chance(0.6))
      out[child] =
        depth > 0 && random.chance(0.88)
          ? {
              ...values(random, depth > 1 ? names : [], depth - 1),
              ...(random.chance(0.3) ? { enabled: random.chance(0.5) } : {}),
            }
          : scalar(random)
  }
  return out
}

function table(random: Random): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const key of ['a', 'b', 'd', 'on']) {
    if (random.chance(0.5))
      out[key] = random.chance(0.25)
        ? Object.fromEntries(random.some(0, 2, () => [random.pick(['a', 'e', 'f']), scalar(random)]))
        : scalar(random)
  }
  return out
}

function scalar(random: Random): unknown {
  return random.pick([1, 2, 'x', '', null, null, true, false, 1.5, [], ['y'], {}, { a: 1 }, { a: null }, 'null', 1e6])
}
