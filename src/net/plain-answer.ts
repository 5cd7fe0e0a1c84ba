import { connect } from 'node:net'

/** The head of a TLS handshake and the end of a line, so that servers of either kind answer. */
const greeting = Uint8Array.from([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x0a, 0x0d, 0x0a, 0x0d, 0x0a])

/**
 * Whether what listens where `url` points answers a TLS handshake with the head of an HTTP answer. True when that cannot be
 * found out within two seconds. Go's crypto/tls tells such servers from those that answer with anything else; Node does not
 * show what was received.
 */
export function answersInPlainHttp(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? 443 : port) })
    let head = ''
    const finish = (isPlain: boolean): void => {
      socket.destroy()
      resolve(isPlain)
    }
    socket.setTimeout(2_000, () => finish(true))
    socket.on('error', () => finish(true))
    socket.on('end', () => finish(head === '' || head.startsWith('HTTP/')))
    socket.on('data', (data) => {
      head += data.toString('latin1')
      if (head.length >= 5) finish(head.startsWith('HTTP/'))
    })
    socket.write(greeting)
  })
}
