/**
 * The Common Expression Language as Kubernetes uses it: parser, checker, evaluator with costs, and the libraries of
 * Kubernetes 1.36. Begin with environment.ts.
 */
export { CelError } from './errors.ts'
export { createCelEnvironment, type CelEnvironment, type Compiled } from './environment.ts'
export type { Activation, Program } from './evaluator.ts'
export {
  type AccessAnswer,
  type AccessQuestion,
  AUTHORIZER_TYPE,
  authorizerValue,
  RESOURCE_CHECK_TYPE,
  resourceCheckValue,
} from './library/authorizer.ts'
export {
  JSON_PATCH_LIBRARY,
  JSON_PATCH_TYPE,
  misplacedObjects,
  OBJECT_TYPE,
  PATCH_STRUCTS,
} from './library/patches.ts'
export { celFromJson, celFromSchema, celToJson } from './json.ts'
export { nodeCelType } from './node-type.ts'
export { schemaCelType, type SizedType } from './schema-type.ts'
export * from './types.ts'
export type { CelObject, CelValue } from './values.ts'
export { CelList, isObjectValue, Optional, typeName } from './values.ts'
