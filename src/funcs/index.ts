/**
 * The functions that templates call: sprig's (`sprig/`, `crypto/`) and Helm's own (`helm/`), each with Go's parameter types, results
 * and error texts. They know nothing of charts: what needs the renderer (`include`, `tpl`, `required`, `lookup`) is in render/. Begin with registry.ts.
 */
export { KeysPending, RepeatableKeys } from './crypto/repeatable-keys.ts'
export { FunctionError, type FunctionErrorCode } from './errors.ts'
export { createFunctionMap, createSprigMap } from './registry.ts'
