/**
 * The rules that objects must keep beyond their types, per kind: field paths, order and texts are Kubernetes'. Findings
 * are lists, nothing is thrown. Begin with validator-of.ts; findings.ts has the builders of findings.
 */
export * from './metadata.ts'
export {
  APP_ARMOR_PREFIX,
  appArmorProfileOf,
  hasSoundAppArmor,
  SECCOMP_POD,
  SECCOMP_PREFIX,
} from './pod-annotations.ts'
export * from './validator-of.ts'
