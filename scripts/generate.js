#!/usr/bin/env node
// Generates src/api/schema/data/*.json: the field types of the built-in kinds, from the models of @kubernetes/client-node,
// joined with what those models do not say (list kinds, merge keys, defaults, enumerations, how absent values are printed),
// which stands in scripts/schema/*.txt. `--check` writes nothing and fails when a file would change.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const tables = path.join(root, 'scripts', 'schema')
const target = path.join(root, 'src', 'api', 'schema', 'data')
const modelsDir = path.join(root, 'node_modules', '@kubernetes', 'client-node', 'dist', 'gen', 'models')

const SCALARS = new Map([
  ['string|', 's'],
  ['string|byte', 'y'],
  ['number|int32', 'i'],
  ['number|int64', 'l'],
  ['number|double', 'd'],
  ['number|', 'l'],
  ['boolean|', 'b'],
  ['Date|date-time', 't'],
  ['any|', 'a'],
  ['IntOrString|int-or-string', 'x'],
])

/** Reads a table: package, enumerations, and per type its flags and the flags of its fields. */
function readTable(file) {
  const table = { package: '', enums: {}, types: new Map() }
  let current
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('package ')) table.package = line.slice(8)
    else if (line.startsWith('enum ')) {
      const [name, values] = line.slice(5).split(' = ')
      table.enums[name] = values.split(' | ').map((value) => (value === '""' ? '' : value))
    } else if (line.startsWith('  ')) {
      const [name, ...flags] = splitFlags(line.trim())
      current.fields.set(name, flags)
    } else {
      const [name, ...flags] = line.split(' ')
      current = { flags, fields: new Map() }
      table.types.set(name, current)
    }
  }
  return table
}

/** Splits at spaces outside parentheses. */
function splitFlags(text) {
  return text.match(/[^\s(]+(\([^)]*\))?/g) ?? []
}

/** The model's name for a type: some carry their group to tell them from others of the same name. */
function modelOf(models, pkg, type) {
  const parts = pkg.split('.')
  const version = capital(parts.at(-1))
  const group = capital(parts.at(-2))
  return [`${group}${version}${type}`, `${version}${type}`].find((name) => name in models)
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1)

/** A field's type in our notation, from the model's. */
function typeOf(type, format, refs, pkg) {
  const list = /^Array<(.*)>$/.exec(type)
  if (list) return `[]${typeOf(list[1], format, refs, pkg)}`
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
  if (map) return `{}${typeOf(map[1], format, refs, pkg)}`
  const scalar = SCALARS.get(`${type}|${format}`) ?? (type === 'any' ? 'a' : undefined)
  if (scalar) return scalar
  if (/MicroTime$/.test(type)) return 'u'
  const ref = refs.get(type)
  if (!ref) throw new Error(`no table lists the type of model ${type}`)
  return ref.package === pkg ? `#${ref.type}` : `#${ref.package}.${ref.type}`
}

/** Names of fields that a model's declaration does not mark as optional. */
function requiredFields(model) {
  const text = fs.readFileSync(path.join(modelsDir, `${model}.d.ts`), 'utf8')
  return new Set([...text.matchAll(/^ {4}'([^']+)': /gm)].map((match) => match[1]))
}

/** One field as a line: name, type, and the marks explained in src/api/schema/notation.ts. */
function fieldText(attribute, flags, required, type) {
  const marks = []
  let text = type
  const replace = (scalar) => {
    text = text.replace(/[a-z]$|#[\w.]+$/, scalar)
  }
  for (const flag of flags) {
    const [, word, argument] = /^([a-zA-Z]+)(?:\((.*)\))?$/.exec(flag) ?? []
    if (word === 'pointer') marks.push('*')
    else if (word === 'always') marks.push('~')
    else if (word === 'omitzero') marks.push('z')
    else if (word === 'type') replace(argument)
    else if (word === 'named') text += `:${argument}`
    else if (word === 'keys') marks.push(`k=${argument}`)
    else if (word === 'merge') marks.push(argument ? `m=${argument}` : 'm')
    else if (word === 'default') marks.push(`=${argument}`)
    else if (['set', 'atomic', 'granular', 'retainKeys', 'replace'].includes(word)) marks.push(word)
    else throw new Error(`unknown flag ${flag} of ${attribute.baseName}`)
  }
  if (required) marks.push('!')
  return [attribute.baseName, text, ...marks].join(' ')
}

/** Enumerations of other packages that fields of a table are of, by their full names. */
function foreignEnums(table, tablesByPackage) {
  const found = {}
  for (const { fields } of table.types.values()) {
    for (const flag of [...fields.values()].flat()) {
      const [, name] = /^named\((.*\..*)\)$/.exec(flag) ?? []
      if (name === undefined) continue
      const dot = name.lastIndexOf('.')
      const values = tablesByPackage.get(name.slice(0, dot))?.enums[name.slice(dot + 1)]
      if (values) found[name] = values
    }
  }
  return found
}

/** The data of one package. */
function generate(table, models, refs, tablesByPackage) {
  const types = {}
  for (const [name, entry] of table.types) {
    const model = modelOf(models, table.package, name)
    if (!model) continue
    const required = requiredFields(model)
    // Fields of the table come first and in its order, which is Go's: `required` lists of OpenAPI follow it.
    const order = [...entry.fields.keys()]
    const place = (attribute) => (order.includes(attribute.baseName) ? order.indexOf(attribute.baseName) : order.length)
    const attributes = [...models[model].getAttributeTypeMap()].sort((a, b) => place(a) - place(b))
    const known = new Set(attributes.map((attribute) => attribute.baseName))
    for (const field of entry.fields.keys()) {
      if (!known.has(field)) throw new Error(`${table.package}.${name} has no field ${field}`)
    }
    const fields = attributes.map((attribute) => {
      const flags = entry.fields.get(attribute.baseName) ?? []
      const type = typeOf(attribute.type, attribute.format, refs, table.package)
      return fieldText(attribute, flags, required.has(attribute.baseName), type)
    })
    types[name] = [...entry.flags.map((flag) => `@${flag}`), ...fields].join('; ')
  }
  const lines = Object.entries(types).map(([name, text]) => `    ${JSON.stringify(name)}: ${JSON.stringify(text)}`)
  const enums = Object.entries({ ...table.enums, ...foreignEnums(table, tablesByPackage) }).map(
    ([name, values]) => `    ${JSON.stringify(name)}: ${JSON.stringify(values.join('|'))}`,
  )
  return [
    '{',
    `  "package": ${JSON.stringify(table.package)},`,
    `  "enums": {\n${enums.join(',\n')}\n  },`,
    `  "types": {\n${lines.join(',\n')}\n  }`,
    '}',
    '',
  ].join('\n')
}

const check = process.argv.includes('--check')
const models = await import(path.join(modelsDir, 'all.js'))
const read = fs.readdirSync(tables).map((file) => ({ file, table: readTable(path.join(tables, file)) }))
const refs = new Map()
for (const { table } of read) {
  for (const type of table.types.keys()) {
    const model = modelOf(models, table.package, type)
    if (model && !refs.has(model)) refs.set(model, { package: table.package, type })
  }
}
const tablesByPackage = new Map(read.map(({ table }) => [table.package, table]))
fs.mkdirSync(target, { recursive: true })
let stale = 0
for (const { file, table } of read) {
  const output = path.join(target, file.replace(/\.txt$/, '.json'))
  const text = generate(table, models, refs, tablesByPackage)
  const before = fs.existsSync(output) ? fs.readFileSync(output, 'utf8') : ''
  if (before === text) continue
  stale++
  if (check) process.stderr.write(`${path.relative(root, output)} is stale: run node scripts/generate.js\n`)
  else fs.writeFileSync(output, text)
}
if (check && stale > 0) process.exitCode = 1
