// What the models of @kubernetes/client-node say of types and fields, for OpenAPI documents (`kubectl explain`). Taken at
// build time, so that no sentence of theirs is part of the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { root } from './setup.js'

const models = join(root, 'node_modules/@kubernetes/client-node/dist/gen/models')
const data = join(root, 'src/api/schema/data')

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1)

/** The declaration of a type's model: some carry their group to tell them from others of the same name. */
function declarationOf(pkg, type) {
  const parts = pkg.split('.')
  const version = capital(parts.at(-1))
  const names = [`${capital(parts.at(-2))}${version}${type}`, `${version}${type}`]
  const file = names.map((name) => join(models, `${name}.d.ts`)).find((each) => existsSync(each))
  return file && readFileSync(file, 'utf8')
}

/** A doc comment as text. */
function textOf(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, ''))
  return lines
    .join('\n')
    .trim()
    .replace(/\\(['"])/g, '$1')
    .replaceAll('*\\/', '*/')
}

/** Descriptions of one model: of the type under the empty name, of fields under theirs. */
function describe(text) {
  const out = {}
  const type = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export declare class/.exec(text.slice(text.indexOf('*/') + 2))
  if (type) out[''] = textOf(type[1])
  for (const [, comment, field] of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*'([^']+)'\??:/g))
    out[field] = textOf(comment)
  return out
}

/** All descriptions, compressed: JSON of full type names → fields → texts. */
export function compressedDescriptions() {
  const all = {}
  for (const file of readdirSync(data)) {
    const schema = JSON.parse(readFileSync(join(data, file), 'utf8'))
    for (const type of Object.keys(schema.types)) {
      const text = declarationOf(schema.package, type)
      if (text) all[`${schema.package}.${type}`] = describe(text)
    }
  }
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  return brotliCompressSync(JSON.stringify(all), options)
}
