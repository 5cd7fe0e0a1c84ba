import { readFileSync } from 'node:fs'
import { errorText } from '../../../base/index.ts'
import { parseYamlToJson } from '../../../encoding/index.ts'
import type { Cluster } from '../../../kube/index.ts'
import {
  configMapDriver,
  memoryDriver,
  openSqlDriver,
  releaseFromJson,
  secretDriver,
  type StorageDriver,
} from '../../../release/index.ts'
import type { CliContext } from '../../context.ts'
import { driverProblem } from '../../driver-name.ts'
import { ExitError } from '../../errors.ts'
import { userName } from './lock-settings.ts'

/** Whether records are kept in the process only, so that no objects are written either. */
export function isMemoryDriver(ctx: CliContext): boolean {
  return ctx.env.HELM_DRIVER === 'memory'
}

/** The driver that HELM_DRIVER names, for one namespace (empty: all). Ends the program as Helm where it cannot be had. */
export async function openDriver(
  ctx: CliContext,
  cluster: Cluster,
  options: { readonly namespace: string; readonly chunks?: boolean | undefined },
): Promise<StorageDriver> {
  const { namespace, chunks } = options
  const { client } = cluster
  const host = { client, namespace, clock: ctx.host.clock, log: ctx.log.asLog(), chunks }
  const name = ctx.env.HELM_DRIVER ?? ''
  switch (name) {
    case '':
    case 'secret':
    case 'secrets':
      return secretDriver(host)
    case 'configmap':
    case 'configmaps':
      return configMapDriver(host)
    case 'memory':
      return preloadedMemory(ctx, namespace)
    case 'sql':
      return openSql(ctx, namespace)
    default:
      throw fatal(ctx, driverProblem(ctx.env) ?? name)
  }
}

/** Connects to the database now, so that what is wrong with it is said before anything else. */
async function openSql(ctx: CliContext, namespace: string): Promise<StorageDriver> {
  const { env, folders, host } = ctx
  const surroundings = {
    env,
    home: folders.home,
    user: env.USER === undefined || env.USER === '' ? userName() : env.USER,
  }
  const connection = env.HELM_DRIVER_SQL_CONNECTION_STRING ?? ''
  try {
    return await openSqlDriver({ connection, namespace, surroundings, clock: host.clock, log: ctx.log.asLog() })
  } catch (error) {
    throw fatal(ctx, `unable to instantiate SQL driver: ${errorText(error)}`)
  }
}

/** As Helm's fatal log: a line at INFO level, then the end. */
function fatal(ctx: CliContext, message: string): ExitError {
  ctx.log.info(message)
  return new ExitError(1)
}

/** Records from the files that HELM_MEMORY_DRIVER_DATA names (a list as in PATH), each a YAML list of releases. */
function preloadedMemory(ctx: CliContext, namespace: string): StorageDriver {
  const driver = memoryDriver({ namespace })
  for (const path of (ctx.env.HELM_MEMORY_DRIVER_DATA ?? '').split(':')) {
    try {
      for (const item of releaseList(readFileSync(path, 'utf8'))) {
        const release = releaseFromJson(JSON.stringify(item))
        void driver.create(`sh.helm.release.v1.${release.name}.v${release.version}`, release)
      }
    } catch (error) {
      throw fatal(ctx, `Unable to unmarshal memory driver data: ${errorText(error)}`)
    }
  }
  return driver
}

function releaseList(text: string): readonly unknown[] {
  const value: unknown = parseYamlToJson(text)
  if (Array.isArray(value)) return value as unknown[]
  if (value === null || value === undefined) return []
  const kind = typeof value === 'boolean' ? 'bool' : typeof value
  const why = `while decoding JSON: json: cannot unmarshal ${kind} into Go value of type []*v1.Release`
  throw new TypeError(`error unmarshaling JSON: ${why}`)
}
