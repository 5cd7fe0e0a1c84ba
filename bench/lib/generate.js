// Charts and indexes that are made up for the benchmarks.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** An umbrella chart that has the nginx chart of an archive `count` times, by alias. Gives its folder. */
export function umbrella(work, archive, count) {
  const folder = path.join(work, `umbrella-${count}`)
  mkdirSync(path.join(folder, 'charts'), { recursive: true })
  copyFileSync(archive, path.join(folder, 'charts', path.basename(archive)))
  const version = /-([0-9.]+)\.tgz$/.exec(archive)[1]
  const aliases = Array.from({ length: count }, (_, index) => `web${index}`)
  const dependencies = aliases.map(
    (alias) =>
      `  - name: nginx\n    version: ${version}\n    repository: https://charts.example.com\n    alias: ${alias}\n`,
  )
  writeFileSync(
    path.join(folder, 'Chart.yaml'),
    `apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n${dependencies.join('')}`,
  )
  const values = aliases.map((alias) => `${alias}:\n  tls:\n    enabled: false\n`)
  writeFileSync(path.join(folder, 'values.yaml'), values.join(''))
  return folder
}

/** A chart whose one template calls `tpl` so many times, each with another text. Gives its folder. */
export function tplChart(work, calls) {
  const folder = path.join(work, 'tpl')
  mkdirSync(path.join(folder, 'templates'), { recursive: true })
  writeFileSync(path.join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: tpl\nversion: 1.0.0\n')
  writeFileSync(path.join(folder, 'values.yaml'), 'name: web\ntext: "{{ .Values.name }}-{{ .Release.Name | upper }}"\n')
  const line = `{{- range $i := until ${calls} }}\n  key{{ $i }}: {{ tpl (printf "%s-%d" $.Values.text $i) $ | quote }}\n{{- end }}\n`
  writeFileSync(
    path.join(folder, 'templates/all.yaml'),
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: all\ndata:\n${line}`,
  )
  return folder
}

/** Writes the index of a repository, at least so many bytes long; its last chart is `wanted` in versions 1.0.0 and up. */
export function writeIndex(file, bytes) {
  const parts = ['apiVersion: v1\nentries:\n']
  const entry = (name, version) =>
    `  - apiVersion: v2\n    appVersion: ${version}\n    created: "2024-01-02T03:04:05.678901234Z"\n    description: The chart ${name} installs a service, its storage and its monitoring\n    digest: ${'0123456789abcdef'.repeat(4)}\n    home: https://example.com/${name}\n    keywords:\n    - ${name}\n    - service\n    maintainers:\n    - email: team@example.com\n      name: team\n    name: ${name}\n    sources:\n    - https://example.com/${name}/source\n    urls:\n    - charts/${name}-${version}.tgz\n    version: ${version}\n`
  let size = 0
  const add = (name) => {
    parts.push(`  ${name}:\n`)
    for (let version = 99; version >= 0; version--) {
      parts.push(entry(name, `1.${version}.0`))
      size += parts.at(-1).length
    }
  }
  for (let chart = 0; size < bytes; chart++) add(`chart-${chart}`)
  add('wanted')
  writeFileSync(file, `${parts.join('')}generated: "2024-01-02T03:04:05.678901234Z"\n`)
}
