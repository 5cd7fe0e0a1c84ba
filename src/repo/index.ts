/**
 * Chart repositories over HTTP and OCI registries: what is configured and cached, finding and downloading charts, and filling a
 * chart's dependencies. Reading charts themselves is chart/'s work. Files and caches are laid out as Helm's, so both share them.
 * Begin with environment.ts (what everything here works on), locate.ts and dependencies/manager.ts.
 */
export { type CachedKind, findContent, sha256, storeContent } from './content-cache.ts'
export { createRepoEnvironment } from './create-environment.ts'
export type { RepoEnvironmentOptions } from './environment-options.ts'
export { buildDependencies, updateDependencies } from './dependencies/manager.ts'
export type { DependencyRequest } from './dependencies/request.ts'
export { type DependencyStatus, listDependencies } from './dependencies/status.ts'
export {
  type Downloaded,
  type DownloadOptions,
  downloadTo,
  downloadToCache,
  type VerifyMode,
} from './download.ts'
export { isOci, type RepoEnvironment } from './environment.ts'
export { isMissingFile, RepoError, type RepoErrorCode } from './errors.ts'
export { makeFolder } from './files.ts'
export type { FetchOptions, Getter, Getters, RepoHost, Transfer, Transfers } from './getters.ts'
export { getterFor } from './getters.ts'
export {
  checkRepositoryUrl,
  chartsCachePath,
  downloadIndex,
  findChartInRepoUrl,
  indexCachePath,
  removeFromCache,
} from './http/chart-repository.ts'
export type { ChartVersion } from './http/chart-version.ts'
export { indexFolder } from './http/index-build.ts'
export {
  emptyIndex,
  findInIndex,
  loadIndexFile,
  mergeIndex,
  parseIndex,
  sortIndex,
  writeIndex,
} from './http/index-file.ts'
export {
  findRepository,
  loadRepositories,
  loadRepositoriesIfAny,
  plainEntry,
  type RepositoriesFile,
  type RepositoryEntry,
  sameRepository,
  saveRepositories,
  withoutRepository,
  withRepository,
} from './http/repositories-file.ts'
export { type RepositoryUpdate, updateRepositories } from './http/update.ts'
export { type ChartReference, locateChart } from './locate.ts'
export { lockFileOf, withFileLock } from './lock.ts'
export { type Verification, verifyChartFile } from './provenance.ts'
export { type SignRequest, signProvenance } from './provenance/sign.ts'
export { type VerifyRequest, verifyProvenance } from './provenance/verify.ts'
export { type SearchHit, type SearchMatcher, type SearchOptions, searchRepositories } from './search.ts'
export { credentialsFileProblem } from './oci/credentials-file.ts'
export { rfc3339Nano } from './time.ts'
export { parseUrl, printUrl, resolveReference, sameOrigin, sameUrl, urlProblem } from './url.ts'
export type { IndexFile } from './http/index-model.ts'
