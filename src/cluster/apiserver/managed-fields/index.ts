/**
 * Server-side apply: who owns which fields of an object, as structured-merge-diff keeps it in metadata.managedFields.
 * Types come from api/schema; nothing here decodes, defaults or validates. Begin with track.ts; field-set.ts and
 * path-element.ts explain the encoding.
 */
export * from './conflict.ts'
export { decodeFields, encodeFields, FieldSet } from './field-set.ts'
export { mergeConfiguration } from './merge-configuration.ts'
export type { Versioned, VersionLookup } from './ownership.ts'
export * from './reset-fields.ts'
export * from './scale.ts'
export * from './track.ts'
