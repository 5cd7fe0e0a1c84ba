import type { Random } from '../random.ts'
import { setArgument } from '../generate/set.ts'

/** A command line for the chart in `./c`. */
export function commandLine(random: Random): string[] {
  return random.weighted<string[]>([
    [6, () => template(random)],
    [4, () => lint(random)],
    [2, () => show(random)],
    [1.5, () => pack(random)],
    [1, () => ['dependency', 'list', './c', ...maybe(random, 0.1, '--max-col-width', ['20', '5', '0', 'x'])]],
    [0.6, () => ['dependency', random.pick(['build', 'update']), './c', ...maybe(random, 0.4, '--skip-refresh')]],
    [1.5, () => install(random)],
  ])
}

function maybe(random: Random, share: number, flag: string, values?: readonly string[]): string[] {
  if (!random.chance(share)) return []
  return values === undefined ? [flag] : [flag, random.pick(values)]
}

const kubeVersions = ['1.20', 'v1.36.0', '1.99.0', 'x', '', '1.22.0-gke.1', '1', 'v1.25.3+k3s1', '1.2.3.4']

function values(random: Random): string[] {
  return [
    ...maybe(random, 0.25, '--set', [
      'x=1',
      'x=null',
      's.x=3',
      's.enabled=true',
      'on=false',
      'list={a,b}',
      'tags.front=true',
      'name=A_b',
      'n=1',
      'global.on=false',
      setArgument(random).replaceAll('\u0000', ''),
    ]),
    ...maybe(random, 0.05, '--set-string', ['x=1', 'n=null', 'list={1,2}']),
    ...maybe(random, 0.05, '--set-json', ['x={"y": {"z": 1}}', '{"x": 1}', 'x=[', 'n=null']),
    ...maybe(random, 0.05, '--set-literal', ['x=a,b=c', 'x={1}', 'list[0]=\\']),
    ...maybe(random, 0.05, '--set-file', ['x=v.yaml', 'x=none', 'x']),
    ...maybe(random, 0.1, '-f', ['v.yaml', 'none.yaml', 'w.yaml', '-']),
  ]
}

function template(random: Random): string[] {
  return [
    'template',
    ...random.pick([
      ['rel', './c'],
      ['rel', './c'],
      ['rel', './c'],
      ['./c'],
      ['rel', 'c'],
      ['A_b', './c'],
      ['rel', './c', 'x'],
      ['rel', './none'],
      ['', './c'],
      ['a.b', './c'],
    ]),
    ...values(random),
    ...maybe(random, 0.12, '-s', [
      'templates/a.yaml',
      'templates/b.yaml',
      'templates/none.yaml',
      'a.yaml',
      'charts/s/templates/a.yaml',
      'templates/*.yaml',
      'templates/NOTES.txt',
      'templates/[',
      'crds/a.yaml',
      'templates/tests/t.yaml',
      '',
    ]),
    ...maybe(random, 0.03, '-s', ['templates/b.yaml', 'templates/z.yaml']),
    ...maybe(random, 0.15, '--include-crds'),
    ...maybe(random, 0.08, '--skip-tests'),
    ...maybe(random, 0.08, '--no-hooks'),
    ...maybe(random, 0.08, '--is-upgrade'),
    ...maybe(random, 0.08, '--skip-schema-validation'),
    ...maybe(random, 0.15, '--kube-version', kubeVersions),
    ...maybe(random, 0.08, '-a', ['foo/v1', 'v9', 'a,b', '']),
    ...maybe(random, 0.1, '--output-dir', ['out', 'out/deep', './out/']),
    ...maybe(random, 0.04, '--release-name'),
    ...maybe(random, 0.05, '-n', ['ns', 'A B', '']),
    ...maybe(random, 0.03, '--name-template', ['n', '{{ .x }}', 'a-{{ 1 }}', '{{']),
    ...maybe(random, 0.04, '--dependency-update'),
    ...maybe(random, 0.04, '--dry-run=client'),
    ...maybe(random, 0.03, '--render-subchart-notes'),
    ...maybe(random, 0.02, '--description', ['d']),
    ...maybe(random, 0.03, '--disable-openapi-validation'),
    ...maybe(random, 0.02, '--labels', ['a=b', 'name=x', 'a']),
    ...maybe(random, 0.02, '--create-namespace'),
    ...maybe(random, 0.02, '--skip-crds'),
  ]
}

function lint(random: Random): string[] {
  return [
    'lint',
    ...random.pick([
      ['./c'],
      ['./c'],
      ['./c'],
      ['c'],
      [],
      ['./c', './none'],
      ['./c', './c'],
      ['./c/charts/s'],
      ['./c/Chart.yaml'],
    ]),
    ...values(random),
    ...maybe(random, 0.2, '--strict'),
    ...maybe(random, 0.15, '--quiet'),
    ...maybe(random, 0.3, '--with-subcharts'),
    ...maybe(random, 0.15, '--kube-version', kubeVersions),
    ...maybe(random, 0.05, '--skip-schema-validation'),
    ...maybe(random, 0.03, '-n', ['ns']),
  ]
}

function show(random: Random): string[] {
  const what = random.pick(['chart', 'values', 'readme', 'crds', 'all', 'values'])
  const path = [
    '{.x}',
    '{.list[0]}',
    '{.list[*]}',
    '{.none}',
    '{',
    '{range .list[*]}{@},{end}',
    '.x',
    '{.s.x}',
    '{..x}',
    '{.labels}',
    '{.list[-1:]}',
    '{.list[?(@==1)]}',
    'text',
    '{"a"}',
    '{.x}{"\\n"}',
    '{.y[5]}',
  ]
  return ['show', what, './c', ...(what === 'values' ? maybe(random, 0.5, '--jsonpath', path) : [])]
}

function pack(random: Random): string[] {
  return [
    'package',
    ...random.pick([['./c'], ['./c'], ['./c'], ['./c', './c'], ['./c', './none'], ['./c/charts/s']]),
    ...maybe(random, 0.3, '-d', ['dist', 'dist/deep', '.', 'v.yaml']),
    ...maybe(random, 0.25, '--version', ['2.0.0', '1.2', 'x', '', 'v3.0.0-a+b', '1.2.3-é']),
    ...maybe(random, 0.2, '--app-version', ['9', '', 'x y', '1.0']),
    ...maybe(random, 0.1, '-u'),
  ]
}

function install(random: Random): string[] {
  return [
    'install',
    ...random.pick([['rel', './c'], ['rel', './c'], ['./c'], ['A_b', './c'], ['rel', 'c']]),
    '--dry-run=client',
    ...values(random),
    ...maybe(random, 0.15, '--hide-notes'),
    ...maybe(random, 0.2, '-o', ['json', 'yaml', 'table', 'x']),
    ...maybe(random, 0.1, '--skip-crds'),
    ...maybe(random, 0.1, '--no-hooks'),
    ...maybe(random, 0.1, '--render-subchart-notes'),
    ...maybe(random, 0.1, '--hide-secret'),
    ...maybe(random, 0.1, '--replace'),
    ...maybe(random, 0.1, '--description', ['d', '']),
    ...maybe(random, 0.1, '--labels', ['a=b', 'name=x', 'a', 'a=']),
    ...maybe(random, 0.1, '-n', ['ns', 'A B']),
    ...maybe(random, 0.05, '--skip-schema-validation'),
  ]
}
