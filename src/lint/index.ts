/** The rules of `helm lint` over a chart folder: findings as data, printed by the CLI. Begin with linter.ts. */
export type { LintOptions } from './context.ts'
export { lintChart } from './linter.ts'
export { formatMessage, isAtLeast, type LintMessage, type LintResult, type Severity } from './message.ts'
