import type { Json, JsonObject } from '../object.ts'

/**
 * Encodes an OpenAPI v2 document in `application/com.github.proto-openapi.spec.v2@v1.0+protobuf`
 * (`openapi.v2.Document` of gnostic-models), the only form in which kubectl before 1.24 asks for it. What those
 * clients read is encoded: definitions with their properties, required fields, references and extensions, and the query
 * parameters of PATCH (by which they tell whether a kind knows dry runs).
 */
export function encodeSwagger(document: JsonObject): Uint8Array {
  const info = objectOf(document.info)
  return Buffer.concat([
    text(1, String(document.swagger ?? '2.0')),
    message(2, [text(1, String(info.title ?? '')), text(2, String(info.version ?? ''))]),
    message(
      8,
      entriesOf(document.paths).map(([path, item]) =>
        message(2, [text(1, path), message(2, pathItem(objectOf(item)))]),
      ),
    ),
    message(
      9,
      entriesOf(document.definitions).map(([name, schema]) => namedSchema(name, objectOf(schema))),
    ),
  ])
}

function namedSchema(name: string, schema: JsonObject): Buffer {
  return message(1, [text(1, name), message(2, schemaFields(schema))])
}

function schemaFields(schema: JsonObject): Buffer[] {
  const fields: Buffer[] = []
  if (typeof schema.$ref === 'string') fields.push(text(1, schema.$ref))
  if (typeof schema.format === 'string') fields.push(text(2, schema.format))
  if (typeof schema.description === 'string') fields.push(text(4, schema.description))
  for (const name of Array.isArray(schema.required) ? schema.required : []) fields.push(text(19, String(name)))
  const additional = schema.additionalProperties
  if (typeof additional === 'boolean') fields.push(message(21, [varint(2, additional ? 1 : 0)]))
  else if (additional !== undefined) fields.push(message(21, [message(1, schemaFields(objectOf(additional)))]))
  if (typeof schema.type === 'string') fields.push(message(22, [text(1, schema.type)]))
  if (schema.items !== undefined) fields.push(message(23, [message(1, schemaFields(objectOf(schema.items)))]))
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : [])
    fields.push(message(24, schemaFields(objectOf(part))))
  const properties = entriesOf(schema.properties)
  if (properties.length > 0)
    fields.push(
      message(
        25,
        properties.map(([name, each]) => namedSchema(name, objectOf(each))),
      ),
    )
  return [...fields, ...extensions(31, schema)]
}

/** Extensions (`x-…`) as YAML texts; JSON is YAML. */
function extensions(number: number, holder: JsonObject): Buffer[] {
  return entriesOf(holder)
    .filter(([key]) => key.startsWith('x-'))
    .map(([key, value]) => message(number, [text(1, key), message(2, [text(2, JSON.stringify(value))])]))
}

function pathItem(item: JsonObject): Buffer[] {
  return item.patch === undefined ? [] : [message(8, operation(objectOf(item.patch)))]
}

function operation(patch: JsonObject): Buffer[] {
  const parameters = (Array.isArray(patch.parameters) ? patch.parameters : [])
    .map(objectOf)
    .filter((parameter) => parameter.in === 'query' && typeof parameter.name === 'string')
    .map((parameter) => message(8, [message(1, [message(2, [message(3, queryParameter(String(parameter.name)))])])]))
  return [...parameters, ...extensions(13, patch)]
}

function queryParameter(name: string): Buffer[] {
  return [text(2, 'query'), text(4, name), text(6, 'string')]
}

function entriesOf(value: Json | undefined): [string, Json][] {
  return Object.entries(objectOf(value)).flatMap(([key, each]): [string, Json][] =>
    each === undefined ? [] : [[key, each]],
  )
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function text(number: number, value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([unsigned(number * 8 + 2), unsigned(bytes.length), bytes])
}

function message(number: number, fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields)
  return Buffer.concat([unsigned(number * 8 + 2), unsigned(body.length), body])
}

function varint(number: number, value: number): Buffer {
  return Buffer.concat([unsigned(number * 8), unsigned(value)])
}

function unsigned(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}
