import { errorText } from '../../../base/index.ts'
import type { CommandRunner } from '../../../api/index.ts'
import type { CommandOptions } from './command-websocket.ts'
import { exitStatus, failedStatus } from './exit-status.ts'
import { type ByteLink, SpdyConnection, type SpdyStream } from './spdy/connection.ts'

/** What clients may speak about commands over SPDY, the newest first. The older ones tell failures as plain text. */
export const SPDY_COMMAND_PROTOCOLS = [
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
] as const

/** Runs a command whose client speaks SPDY: one stream each for input, outputs and the end. */
export function serveCommandOverSpdy(
  link: ByteLink,
  run: CommandRunner,
  options: CommandOptions & { readonly outputs: readonly ('stdout' | 'stderr')[]; readonly protocol: string },
): SpdyConnection {
  const abort = new AbortController()
  const streams = new Map<string, SpdyStream>()
  const wanted = ['error', ...(options.stdin ? ['stdin'] : []), ...options.outputs]
  let started = false
  const connection = new SpdyConnection(
    {
      write: (bytes) => link.write(bytes),
      end: () => {
        abort.abort()
        link.end()
      },
    },
    (stream) => {
      streams.set(stream.headers.get('streamtype') ?? '', stream)
      if (started || !wanted.every((name) => streams.has(name))) return
      started = true
      void begin()
    },
  )
  const begin = async (): Promise<void> => {
    const input = streams.get('stdin')?.input
    const write = (name: string, text: string | Buffer): void => streams.get(name)?.write(Buffer.from(text as string))
    const status = await run({
      tty: options.tty,
      ...(input !== undefined && { stdin: input }),
      stdout: (text) => write('stdout', text),
      stderr: (text) => write(streams.has('stderr') ? 'stderr' : 'stdout', text),
      signal: abort.signal,
    }).then(exitStatus, (error: unknown) => failedStatus(errorText(error)))
    if (options.protocol === SPDY_COMMAND_PROTOCOLS[0]) write('error', JSON.stringify(status))
    else if (status.status === 'Failure') write('error', String(status.message))
    for (const stream of streams.values()) stream.end()
    connection.close()
  }
  return connection
}
