import type { PortServer } from '../../api/index.ts'

const REQUEST = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r\n/

/** A server behind a forwarded port: answers HTTP requests with a text, and sends anything else back as it came. */
export function httpServer(answerOf: (path: string) => string): PortServer {
  return async (connection) => {
    let text = ''
    for await (const chunk of connection.input) {
      text += chunk.toString('latin1')
      if (!couldBeRequest(text)) {
        connection.write(Buffer.from(text, 'latin1'))
        text = ''
        continue
      }
      for (let end = requestEnd(text); end > 0; end = requestEnd(text)) {
        const [, method = 'GET', path = '/'] = REQUEST.exec(text) ?? []
        connection.write(response(answerOf(path), method))
        text = text.slice(end)
      }
    }
  }
}

function couldBeRequest(text: string): boolean {
  return /^[A-Z]{1,7}(?: |$)/.test(text.slice(0, 8))
}

/** Where the first request ends, its body included; 0 while it is not complete. */
function requestEnd(text: string): number {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0 || !REQUEST.test(text)) return 0
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2))?.[1] ?? 0)
  const end = head + 4 + length
  return text.length >= end ? end : 0
}

function response(body: string, method: string): Buffer {
  const bytes = Buffer.from(body)
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${bytes.length}\r\n\r\n`
  return method === 'HEAD' ? Buffer.from(head) : Buffer.concat([Buffer.from(head), bytes])
}
