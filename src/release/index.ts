/**
 * Releases: their records as Helm keeps them, plans, and the actions on them. Each command has its action in actions/;
 * an action takes ports (what it uses of the world), a request and a signal. plan/ says what is to be done as data,
 * execute/ does it. Knows no engine and prints nothing. Begin with model.ts and actions/install.ts.
 */
export * from './actions/content.ts'
export * from './actions/get.ts'
export * from './actions/history.ts'
export { install, planInstall } from './actions/install.ts'
export * from './actions/list.ts'
export * from './actions/request.ts'
export * from './actions/rollback.ts'
export * from './actions/status.ts'
export * from './actions/test.ts'
export * from './actions/uninstall.ts'
export { planUpgrade, upgrade } from './actions/upgrade.ts'
export { dependenciesToJson } from './codec/chart-json.ts'
export { fromJson, goJson, type JsonOut } from './codec/go-json.ts'
export { decodeRelease, recordEncoder } from './codec/record.ts'
export { releaseFromJson, releaseToJsonOut } from './codec/release-json.ts'
export * from './errors.ts'
export * from './model.ts'
export * from './plan/model.ts'
export * from './ports.ts'
export * from './storage/driver.ts'
export * from './storage/kube-driver.ts'
export * from './storage/memory.ts'
export * from './storage/storage.ts'
export { ansiTime, goTimeString, isZeroTime } from './time.ts'
