import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'

/** A running proxy; `asked` lists the names it was asked to reach. All of them are this machine to it. */
export interface SocksProxy {
  readonly port: number
  readonly asked: readonly string[]
  readonly close: () => Promise<unknown>
}

/** A SOCKS 5 proxy that asks for a password when it has one. */
export async function socksProxy(password = ''): Promise<SocksProxy> {
  const asked: string[] = []
  const take = async (socket: Socket, count: number): Promise<Buffer> => {
    for (;;) {
      const bytes = socket.read(count) as Buffer | null
      if (bytes !== null) return bytes
      await new Promise((resolve) => socket.once('readable', resolve))
    }
  }
  const serveOne = async (socket: Socket): Promise<void> => {
    const [, methods = 0] = await take(socket, 2)
    await take(socket, methods)
    socket.write(Uint8Array.of(5, password === '' ? 0 : 2))
    if (password !== '') {
      const [, length = 0] = await take(socket, 2)
      await take(socket, length)
      const given = (await take(socket, (await take(socket, 1))[0] ?? 0)).toString()
      socket.write(Uint8Array.of(1, given === password ? 0 : 1))
      if (given !== password) return
    }
    const [, , , type] = await take(socket, 4)
    const name =
      type === 3 ? (await take(socket, (await take(socket, 1))[0] ?? 0)).toString() : (await take(socket, 4)).join('.')
    const port = (await take(socket, 2)).readUInt16BE()
    asked.push(name)
    const target = dial(port, '127.0.0.1', () => {
      socket.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
      socket.pipe(target).pipe(socket)
    })
    target.on('error', () => socket.write(Uint8Array.of(5, 5, 0, 1, 0, 0, 0, 0, 0, 0)))
  }
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    void serveOne(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<unknown> => new Promise((resolve) => server.close(resolve))
  return { port: (server.address() as AddressInfo).port, asked, close }
}
