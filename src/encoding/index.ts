/**
 * JSON, YAML, TOML, base64, gzip, PEM and DER as Go's libraries read and write them, errors included.
 *
 * YAML comes in go-yaml's dialect: `yaml/load.ts` is the way in (text → scanner → parser → nodes → values), `yaml/emit.ts` the way
 * out. Nothing here knows of charts or clusters; files are read by the callers.
 */
export { decodeBase32, decodeBase64, decodeBase64Bytes, encodeBase32, encodeBase64 } from './base64.ts'
export {
  derBits,
  derBoolean,
  derContext,
  derElement,
  derInteger,
  type DerNode,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derText,
  derTime,
  derUtf8,
  readDer,
  readDerOid,
} from './der.ts'
export {
  EncodingError,
  type EncodingErrorCode,
  type TextPosition,
  wrapEncodingError,
} from './errors.ts'
export { gzip, isGzip } from './gzip.ts'
export { emitJson, emitPrettyJson, type JsonStyle } from './json/emit.ts'
export { type ParseJsonOptions, parseJson } from './json/parse.ts'
export { fitsTarget, jsonTypeError, type Target } from './json-type.ts'
export { decodePem, encodePem } from './pem.ts'
export { toToml } from './toml/emit.ts'
export { fromToml } from './toml/parse.ts'
export type { YamlPosition, YamlPositions } from './yaml/decode.ts'
export { mergeMaps, parseYamlDocuments, parseYamlValues, splitYamlDocuments } from './yaml/documents.ts'
export { emitYaml, emitYamlFromJson, emitYamlPretty } from './yaml/emit.ts'
export { type ParseYamlOptions, type PlainJson, parseYaml, parseYamlToJson } from './yaml/load.ts'
export { type DecodeResult, decodeTyped, type TypeSpec } from './typed-decode.ts'

/** Loads the editor of YAML files that people keep by hand; it needs a large package that few commands use. */
export async function loadYamlEditor(): Promise<typeof import('./yaml/edit-document.ts').editYamlDocument> {
  return (await import('./yaml/edit-document.ts')).editYamlDocument
}
