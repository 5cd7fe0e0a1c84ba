/**
 * Charts as data: reading them (folders, archives), Chart.yaml, values and schemas, dependencies, writing archives. It does not
 * render and does not fetch. Begin with model.ts, then load/load.ts; the way of values is values/process.ts and
 * values/coalesce.ts.
 */
export { isGzip, readArchive } from './archive/read.ts'
export { createChart, validateChartName } from './create/scaffold.ts'
export { createChartFrom, saveChartFolder } from './create/starter.ts'
export { ChartError, type ChartErrorCode, chartError } from './errors.ts'
export { assembleChart } from './load/assemble.ts'
export { detectContentType } from './load/content-type.ts'
export { readChartFolder } from './load/directory.ts'
export { fileSystemError, readFileError, writeFileError } from './load/file-errors.ts'
export { type IgnoreRules, parseIgnoreRules } from './load/helmignore.ts'
export {
  type LoadOptions,
  loadChart,
  loadChartArchive,
  loadChartFileUnchecked,
  loadChartFolder,
  loadChartFolderUnchecked,
  loadChartUnchecked,
} from './load/load.ts'
export { matchPath } from './load/path-match.ts'
export { chartFields, decodeLock, decodeMetadata, decodeYaml, metadataOf, validateMetadata } from './metadata.ts'
export { dependencyRecord, lockRecord, metadataRecord, metadataYaml, type RecordValue } from './metadata-record.ts'
export {
  Chart,
  type ChartFile,
  type CrdFile,
  type Dependency,
  emptyMetadata,
  type Lock,
  type Maintainer,
  type Metadata,
  nilData,
} from './model.ts'
export { validateReleaseName } from './names.ts'
export { expandChartArchive } from './package/expand.ts'
export { packageChart, saveChart } from './package/package.ts'
export { type SchemaAttempts, schemaAttempts } from './schema/remote-documents.ts'
export { checkAgainstSchema, type SchemaOptions, validateValues } from './schema/validate.ts'
export { coalesceTables, coalesceValues, mergeTables, mergeValues } from './values/coalesce.ts'
export { tableAt, valueAt } from './values/lookup.ts'
export { copyMap, mergeMaps } from './values/merge.ts'
export { parseValues } from './values/parse.ts'
export { processDependencies } from './values/process.ts'
export { mergeValueSources, type ReadValueSource, type ValueSources } from './values/sources.ts'
