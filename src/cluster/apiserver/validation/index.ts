/**
 * The rules that objects must keep beyond their types, per kind: field paths, order and texts are Kubernetes'. Findings
 * are lists, nothing is thrown. Begin with validator-of.ts; findings.ts has the builders of findings.
 */
export * from './metadata.ts'
export * from './validator-of.ts'
