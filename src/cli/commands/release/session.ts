import {
  anticipateConnections,
  type ConnectionOverrides,
  createCluster,
  createHttpTransport,
  loadConfig,
  nothingConfigured,
  processRunner,
  resolveConnection,
  type Transport,
  type WaitState,
  withoutObjects,
} from '../../../kube/index.ts'
import { createStorage, type ReleasePorts } from '../../../release/index.ts'
import type { CliContext } from '../../context.ts'
import { clientLogLine } from '../../output/client-log.ts'
import { isMemoryDriver, openDriver } from './drivers.ts'
import { schemaDocuments } from '../../schema-documents.ts'
import { explained, wantsExplanation } from './explain.ts'
import { lockSettings } from './lock-settings.ts'
import { persistAuthProvider } from './persist-auth.ts'
import { createWaitingView } from './waiting-view.ts'

/** What a command works with: the ports of actions, opened by the settings of the command line. */
export interface Session {
  readonly ports: ReleasePorts
  /** Clears what is shown while waiting; before anything else is printed. */
  settle(): void
  /** What was waited for last, as it was seen last. */
  waitedFor(): readonly WaitState[]
  close(): Promise<void>
}

/** Sent as `User-Agent`; its first word names the manager of the records' fields, as Helm's. */
const USER_AGENT = 'Helm/4.2.4'

/** The manager of the fields of objects in releases. */
const FIELD_MANAGER = 'helm'

/** What differs between the sessions of commands. */
export interface SessionOptions {
  readonly allNamespaces?: boolean
  /** Present in commands that change releases: they take the release's lock. */
  readonly lockWait?: number
  /** `--explain` */
  readonly explain?: boolean
  /** `--release-chunks` */
  readonly releaseChunks?: boolean
  /** `--fail-fast` */
  readonly failFast?: boolean
  /** In JSON, explanations are JSON too. */
  readonly output?: string
}

/** Opens the ports. Nothing is connected before an action asks the cluster something. */
async function openSession(ctx: CliContext, options: SessionOptions = {}): Promise<Session> {
  anticipateConnections()
  const namespace = options.allNamespaces === true ? '' : await ctx.namespace()
  const real = createCluster(() => connect(ctx), {
    onWarning: (text) =>
      ctx.notice(clientLogLine(`Warning: ${text}`, { nowMs: ctx.host.clock.nowMs(), pid: process.pid })),
  })
  const cluster = isMemoryDriver(ctx) ? withoutObjects(real) : real
  const log = ctx.log.asLog()
  const driver = await openDriver(ctx, cluster, { namespace, chunks: options.releaseChunks })
  const view = createWaitingView(ctx, { events: options.output === 'json' && wantsExplanation(ctx, options) })
  const watched: { states: readonly WaitState[] } = { states: [] }
  const unfinished: Promise<unknown>[] = []
  const { lockWait } = options
  const lock =
    lockWait === undefined || isMemoryDriver(ctx)
      ? undefined
      : { ...lockSettings(ctx, lockWait), later: (work: Promise<unknown>) => void unfinished.push(work) }
  const ports: ReleasePorts = {
    cluster,
    storage: createStorage(driver),
    namespace,
    clock: ctx.host.clock,
    host: ctx.host,
    log,
    schemaDocuments: schemaDocuments(ctx),
    fieldManager: FIELD_MANAGER,
    hookOutput: (chunk) => {
      view.clear()
      const text = Buffer.from(chunk).toString('utf8')
      log({ level: 'INFO', message: text.endsWith('\n') ? text.slice(0, -1) : text, attributes: [] })
    },
    onWaiting: (states) => {
      watched.states = states
      view.show?.(states)
    },
    failFast: options.failFast,
    lock,
  }
  const close = async (): Promise<void> => {
    await Promise.allSettled(unfinished)
    await driver.close?.()
    await cluster.close()
  }
  return { ports, settle: () => view.clear(), waitedFor: () => watched.states, close }
}

/** Opens a session for `work` and closes it whatever happens. */
export async function withSession<T>(
  ctx: CliContext,
  work: (session: Session) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const session = await openSession(ctx, options)
  // By then the first request is on its way, and what that needs is loaded.
  setImmediate(ctx.beforeWork)
  try {
    return await work(session)
  } catch (error) {
    if (!wantsExplanation(ctx, options)) throw error
    session.settle()
    throw await explained(session.ports, error, { states: session.waitedFor(), json: options.output === 'json' })
  } finally {
    session.settle()
    await session.close()
  }
}

/** Flags and environment, else the kubeconfig's context, else the bundled cluster, which is started if need be. */
async function connect(ctx: CliContext): Promise<Transport> {
  const { settings, env, folders, host } = ctx
  const explicitPath = ctx.isGiven('kubeconfig') ? settings.kubeconfig : undefined
  const overrides: ConnectionOverrides = {
    context: settings.kubeContext,
    namespace: settings.namespace,
    server: settings.kubeApiserver,
    token: settings.kubeToken,
    asUser: settings.kubeAsUser,
    asGroups: settings.kubeAsGroup,
    caFile: settings.kubeCaFile,
    insecureSkipTlsVerify: settings.kubeInsecureSkipTlsVerify,
    tlsServerName: settings.kubeTlsServerName,
  }
  const pod = { env }
  let config = loadConfig({ explicitPath, pathList: env.KUBECONFIG, home: folders.home })
  if (explicitPath === undefined && mayStartBundled(ctx) && nothingConfigured(config, overrides, pod)) {
    const { ensureBundled } = await import('../../bundled/ensure.ts')
    const path = await ensureBundled({ env, home: folders.home }, ctx.notice)
    config = loadConfig({ explicitPath: path })
  }
  const connection = resolveConnection(config, overrides, pod, USER_AGENT)
  return createHttpTransport(connection, {
    clock: host.clock,
    env,
    runExec: processRunner(env, (chunk) => ctx.io.stderr.write(chunk)),
    stdinIsTerminal: ctx.io.stdin.isTTY,
    persistUser: persistAuthProvider,
  })
}

/** Called as `helm`, or told so, an absent configuration is Helm's error. */
function mayStartBundled(ctx: CliContext): boolean {
  return ctx.program !== 'helm' && ctx.env.CHARTCTL_AUTOSTART !== '0'
}
