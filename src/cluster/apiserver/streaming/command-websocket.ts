import { errorText } from '../../../base/index.ts'
import type { CommandRunner } from '../../../api/index.ts'
import { ByteQueue } from './byte-queue.ts'
import { exitStatus, failedStatus } from './exit-status.ts'
import type { WebSocket } from './websocket.ts'

/** The channels of a remote command, by the first byte of a message. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const

/** What clients may speak about commands: binary channels, the newest first. */
export const COMMAND_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const

/** What a client asked for besides the command. */
export interface CommandOptions {
  readonly stdin: boolean
  readonly tty: boolean
}

/** Runs a command whose client speaks channels over a WebSocket. */
export function serveCommandOverWebSocket(client: WebSocket, run: CommandRunner, options: CommandOptions): void {
  const abort = new AbortController()
  const input = new ByteQueue()
  client.on('message', (data) => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(String(data))
    if (bytes[0] === CHANNEL.stdin) input.push(bytes.subarray(1))
    else if (bytes[0] === CHANNEL.close && bytes[1] === CHANNEL.stdin) input.end()
  })
  client.on('close', () => {
    input.end()
    abort.abort()
  })
  const send = (channel: number, text: string | Buffer): void => {
    client.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text as string)]))
  }
  const session = {
    tty: options.tty,
    ...(options.stdin && { stdin: input }),
    stdout: (text: string | Buffer) => send(CHANNEL.stdout, text),
    stderr: (text: string) => send(options.tty ? CHANNEL.stdout : CHANNEL.stderr, text),
    signal: abort.signal,
  }
  const finish = (status: Record<string, unknown>): void => {
    send(CHANNEL.error, JSON.stringify(status))
    client.close(1000)
  }
  run(session).then(
    (code) => finish(exitStatus(code)),
    (error: unknown) => finish(failedStatus(errorText(error))),
  )
}
