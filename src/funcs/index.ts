/**
 * The functions that templates call: sprig's (`sprig/`, `crypto/`) and Helm's own (`helm/`), each with Go's parameter types, results
 * and error texts. They know nothing of charts; what needs the renderer or a cluster comes in through ports. Begin with registry.ts.
 */
export { chartFailureMessage, FunctionError, type FunctionErrorCode } from './errors.ts'
export { type HelmPorts, helmFunctions } from './helm/control.ts'
export { createFunctionMap } from './registry.ts'
