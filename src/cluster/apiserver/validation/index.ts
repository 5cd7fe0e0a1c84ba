/**
 * The rules that objects must keep beyond their types, per kind: field paths, order and texts are Kubernetes'. Findings
 * are lists, nothing is thrown. Begin with validator-of.ts; path.ts has the builders of findings.
 */
export * from './validator-of.ts'
