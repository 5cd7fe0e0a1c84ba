import Handlebars from 'handlebars'
import { errorText } from '../../base/index.ts'
import type { Chart, Dependency } from '../../chart/index.ts'
import { commandFailed } from '../errors.ts'
import { builtInParts, builtInTemplate } from './built-in-template.ts'
import type { SchemaNode } from './schema-facts.ts'
import { listValues, type ValueRow } from './value-rows.ts'

/** The template that a chart may bring for its README. */
export const templateName = 'README.md.hbs'

/** What a template can use, beside the fields of Chart.yaml. */
interface ReadmeModel {
  readonly chart: Readonly<Record<string, unknown>>
  readonly dependencies: readonly (Dependency & { readonly isLocal: boolean })[]
  readonly values: readonly ValueRow[]
  /** The values by section; those without one come first, under an empty name. */
  readonly sections: readonly { readonly name: string; readonly values: readonly ValueRow[] }[]
}

/** Makes a chart's README from its metadata, values and schema, through `template` or the built-in one. Throws when either is broken. */
export function renderReadme(chart: Chart, template: string | undefined): string {
  const engine = Handlebars.create()
  for (const [name, part] of Object.entries(builtInParts)) engine.registerPartial(name, part)
  engine.registerHelper('cell', (value: unknown) => cell(String(value ?? '')))
  engine.registerHelper('code', (value: unknown) => code(String(value ?? '')))
  engine.registerHelper('json', (value: unknown) => JSON.stringify(value, undefined, 2))
  engine.registerHelper('join', (value: unknown, separator: unknown) =>
    Array.isArray(value) ? value.join(typeof separator === 'string' ? separator : ', ') : '',
  )
  engine.registerHelper('eq', (a: unknown, b: unknown) => a === b)
  try {
    const text = engine.compile(template ?? builtInTemplate, { noEscape: true })(modelOf(chart))
    return `${text.replace(/\n{3,}/g, '\n\n').trim()}\n`
  } catch (error) {
    const source = template === undefined ? 'the built-in template' : templateName
    throw commandFailed(`cannot make the README of ${chart.metadata.name} with ${source}: ${errorText(error)}`, error)
  }
}

function modelOf(chart: Chart): ReadmeModel {
  const source = chart.raw.find((file) => file.name === 'values.yaml')
  const values = listValues(source === undefined ? '' : textOf(source.data), schemaOf(chart))
  const names = [...new Set(values.map((row) => row.section))].sort((a, b) => Number(a !== '') - Number(b !== ''))
  const { dependencies, ...metadata } = chart.metadata
  return {
    chart: { ...metadata },
    dependencies: (dependencies ?? []).flatMap((dependency) => (dependency === null ? [] : [withPlace(dependency)])),
    values,
    sections: names.map((name) => ({ name, values: values.filter((row) => row.section === name) })),
  }
}

function withPlace(dependency: Dependency): ReadmeModel['dependencies'][number] {
  const { repository } = dependency
  return { ...dependency, isLocal: repository === '' || repository.startsWith('file:') }
}

function schemaOf(chart: Chart): SchemaNode | undefined {
  const file = chart.raw.find(({ name }) => name === 'values.schema.json')
  if (file === undefined) return undefined
  try {
    const schema: unknown = JSON.parse(textOf(file.data))
    return typeof schema === 'object' && schema !== null ? (schema as SchemaNode) : undefined
  } catch (error) {
    throw commandFailed(`values.schema.json of ${chart.metadata.name} is no JSON: ${errorText(error)}`, error)
  }
}

/** Text that stays in one cell of a table. */
function cell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')
}

/** Text as code in a cell, whatever backticks it holds. */
function code(text: string): string {
  if (text === '') return ''
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return cell(`${fence}${pad}${text}${pad}${fence}`)
}

function textOf(data: Uint8Array): string {
  return Buffer.from(data).toString('utf8')
}
