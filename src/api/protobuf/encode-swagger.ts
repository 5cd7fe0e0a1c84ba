import type { Json, JsonObject } from '../object.ts'
import { bytesField, integerField, objectOf, textField } from './write.ts'

/**
 * Encodes an OpenAPI v2 document in `application/com.github.proto-openapi.spec.v2@v1.0+protobuf`
 * (`openapi.v2.Document` of gnostic-models), the only form in which kubectl before 1.24 asks for it. What those
 * clients read is encoded: definitions with their properties, required fields, references and extensions, and the query
 * parameters of PATCH (by which they tell whether a kind knows dry runs).
 */
export function encodeSwagger(document: JsonObject): Uint8Array {
  const info = objectOf(document.info)
  return Buffer.concat([
    textField(1, String(document.swagger ?? '2.0')),
    message(2, [textField(1, String(info.title ?? '')), textField(2, String(info.version ?? ''))]),
    message(
      8,
      entriesOf(document.paths).map(([path, item]) =>
        message(2, [textField(1, path), message(2, pathItem(objectOf(item)))]),
      ),
    ),
    message(
      9,
      entriesOf(document.definitions).map(([name, schema]) => namedSchema(name, objectOf(schema))),
    ),
  ])
}

function namedSchema(name: string, schema: JsonObject): Buffer {
  return message(1, [textField(1, name), message(2, schemaFields(schema))])
}

function schemaFields(schema: JsonObject): Buffer[] {
  const fields: Buffer[] = []
  if (typeof schema.$ref === 'string') fields.push(textField(1, schema.$ref))
  if (typeof schema.format === 'string') fields.push(textField(2, schema.format))
  if (typeof schema.description === 'string') fields.push(textField(4, schema.description))
  for (const name of Array.isArray(schema.required) ? schema.required : []) fields.push(textField(19, String(name)))
  const additional = schema.additionalProperties
  if (typeof additional === 'boolean') fields.push(message(21, [integerField(2, additional ? 1 : 0)]))
  else if (additional !== undefined) fields.push(message(21, [message(1, schemaFields(objectOf(additional)))]))
  if (typeof schema.type === 'string') fields.push(message(22, [textField(1, schema.type)]))
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
    .map(([key, value]) => message(number, [textField(1, key), message(2, [textField(2, JSON.stringify(value))])]))
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
  return [textField(2, 'query'), textField(4, name), textField(6, 'string')]
}

function entriesOf(value: Json | undefined): [string, Json][] {
  return Object.entries(objectOf(value)).flatMap(([key, each]): [string, Json][] =>
    each === undefined ? [] : [[key, each]],
  )
}

function message(number: number, fields: readonly Buffer[]): Buffer {
  return bytesField(number, Buffer.concat(fields))
}
