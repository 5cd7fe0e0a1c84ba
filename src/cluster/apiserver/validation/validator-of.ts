import type { FieldError, GroupVersionKind, KubeObject } from '../../../api/index.ts'

/** Validation of one kind. */
export interface Validator {
  create(object: KubeObject): FieldError[]
  update(object: KubeObject, old: KubeObject): FieldError[]
  statusUpdate(object: KubeObject, old: KubeObject): FieldError[]
}

/** The validator of a built-in kind. */
export function validatorOf(_gvk: GroupVersionKind): Validator {
  return { create: () => [], update: () => [], statusUpdate: () => [] }
}
