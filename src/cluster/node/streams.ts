import { type CommandSession, isRefusal, type NodeStreams, type StreamRefusal } from '../../api/index.ts'
import type { ComponentContext, Container, Pod } from '../control/index.ts'
import { allContainers, isReady, PODS } from '../control/index.ts'
import { hostnameOf } from './environment.ts'
import { containerLogs } from './logs.ts'
import { ClusterNetwork } from './network.ts'
import type { PodWorker } from './pod-worker.ts'
import { settingFor } from './runtime/simulated/settings.ts'
import type { Machine, Output } from './runtime/simulated/shell/machine.ts'
import { runProgram } from './runtime/simulated/shell/run.ts'
import { interactiveShell } from './runtime/simulated/shell/terminal.ts'
import { UsageModel } from './usage.ts'
import { httpServer } from './simulated-server.ts'

/** Logs, commands and ports of simulated containers, answered from what the caches know of the pods. */
export function createNodeStreams(ctx: ComponentContext, worker: PodWorker): NodeStreams {
  const network = new ClusterNetwork(ctx, worker.settings)
  const usage = new UsageModel(ctx, worker.settings)
  const find = (namespace: string, name: string): Pod | StreamRefusal =>
    ctx.informers.of(PODS).get(namespace, name) ?? {
      status: 404,
      reason: 'NotFound',
      message: `pods "${name}" not found`,
    }
  const machineOf = (pod: Pod, container: Container, signal: AbortSignal): Promise<Machine> =>
    containerMachine({ ctx, worker, network }, pod, container, signal)
  /** A container that runs, or why no command can run in it. */
  const running = (target: { namespace: string; pod: string; container: string }): Chosen | StreamRefusal => {
    const pod = find(target.namespace, target.pod)
    if (isRefusal(pod)) return pod
    const container = chosenContainer(pod, target.container)
    if (isRefusal(container)) return container
    return isRunning(pod, container.name)
      ? { pod, container }
      : { status: 500, reason: 'InternalError', message: `container not found ("${container.name}")` }
  }
  return {
    logs(namespace, name, container, options) {
      const pod = find(namespace, name)
      if (isRefusal(pod)) return pod
      const chosen = chosenContainer(pod, container)
      return isRefusal(chosen) ? chosen : containerLogs(ctx, pod, chosen, worker.settings.of(pod), options)
    },
    exec(target, command) {
      const chosen = running(target)
      if (isRefusal(chosen)) return chosen
      const { pod, container } = chosen
      return async (session) => runSession(await machineOf(pod, container, session.signal), command, session)
    },
    attach(target) {
      const chosen = running(target)
      if (isRefusal(chosen)) return chosen
      const { pod, container } = chosen
      return async (session) => {
        if (container.stdin === true && session.stdin !== undefined) {
          const command = [...(container.command ?? []), ...(container.args ?? [])]
          const machine = await machineOf(pod, container, session.signal)
          const code = await runSession(machine, command.length === 0 ? ['sh'] : command, session)
          if (!session.signal.aborted) worker.endContainer(pod, container.name, code)
          return code
        }
        const options = { follow: true, tailLines: 0, signal: session.signal }
        const lines = containerLogs(ctx, pod, container, worker.settings.of(pod), options)
        if (!isRefusal(lines)) for await (const line of lines) session.stdout(line)
        return 0
      }
    },
    forward(namespace, name, port) {
      const pod = find(namespace, name)
      if (isRefusal(pod)) return pod
      if (!isReady(pod) && pod.status?.phase !== 'Running') {
        return { status: 500, reason: 'InternalError', message: `pod "${name}" is not running` }
      }
      return httpServer((path) => network.answerOf(pod, port, path))
    },
    podUsage: (namespace, name) => usage.ofPod(namespace, name),
    nodeUsage: (name) => usage.ofNode(name),
  }
}

interface Chosen {
  readonly pod: Pod
  readonly container: Container
}

function chosenContainer(pod: Pod, name: string): Container | StreamRefusal {
  const containers = [...allContainers(pod.spec), ...(pod.spec.ephemeralContainers ?? [])]
  const fallback = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? ''
  const found =
    containers.find((each) => each.name === (name === '' ? fallback : name)) ??
    (name === '' ? pod.spec.containers[0] : undefined)
  const message = `container ${name} is not valid for pod ${pod.metadata.name}`
  return found ?? { status: 400, reason: 'BadRequest', message }
}

function isRunning(pod: Pod, container: string): boolean {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {}
  const statuses = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses]
  return statuses.find(({ name }) => name === container)?.state?.running !== undefined
}

/** Runs a command of a session; a shell that is given no script becomes interactive. */
async function runSession(machine: Machine, command: readonly string[], session: CommandSession): Promise<number> {
  const { stdin } = session
  const write = (output: Output): number => {
    if (output.binary !== undefined) session.stdout(output.binary)
    else if (output.stdout !== '') session.stdout(terminalText(output.stdout, session.tty))
    if (output.stderr !== '') session.stderr(terminalText(output.stderr, session.tty))
    return output.code
  }
  const shell =
    /^(?:.*\/)?(?:sh|bash|ash|dash)$/.test(command[0] ?? '') && command.slice(1).every((arg) => /^-[il]$/.test(arg))
  if (shell && stdin !== undefined) {
    return interactiveShell(machine, {
      tty: session.tty,
      stdin,
      write: (text) => session.stdout(text),
      writeError: (text) => session.stderr(text),
    })
  }
  return write(await runProgram(machine, command, async () => (stdin === undefined ? Buffer.alloc(0) : collect(stdin))))
}

function terminalText(text: string, tty: boolean): string {
  return tty ? text.replaceAll('\n', '\r\n') : text
}

async function collect(stdin: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function containerMachine(
  parts: { readonly ctx: ComponentContext; readonly worker: PodWorker; readonly network: ClusterNetwork },
  pod: Pod,
  container: Container,
  signal: AbortSignal,
): Promise<Machine> {
  const { ctx, worker, network } = parts
  const fullName = network.fullNameOf(pod)
  const command = [...(container.command ?? []), ...(container.args ?? [])]
  return {
    files: await worker.files.of(pod, container, fullName),
    variables: await worker.environments.of(pod, container),
    hostname: hostnameOf(pod),
    fullName,
    address: pod.status?.podIP ?? '',
    workingFolder: container.workingDir ?? '/',
    network: network.seenFrom(pod.metadata.namespace ?? 'default'),
    process:
      command.length > 0
        ? command
        : [settingFor(worker.settings.of(pod), 'process', container.name) ?? container.image ?? ''],
    nowMs: () => ctx.nowMs(),
    sleep: (ms) =>
      new Promise((resolve) => {
        const cancel = ctx.clock.after(ms, resolve)
        signal.addEventListener('abort', () => {
          cancel()
          resolve()
        })
      }),
  }
}
