/** The ways to change an object by a patch: JSON patch, merge patch, strategic merge patch, and three-way diffs. */
export * from './json-patch.ts'
export * from './merge-patch.ts'
export * from './strategic-diff.ts'
export { applyStrategicMergePatch } from './strategic-merge.ts'
