import type { RequestListener } from 'node:http'
import https from 'node:https'
import { createPki } from '../../src/cluster/pki.ts'

/** A webhook over TLS, as clusters call it. */
export interface ReviewHook {
  /** Without a path. */
  readonly url: string
  /** PEM in base64, as configurations want it. */
  readonly caBundle: string
  close(): void
}

/** Starts a webhook on a free port; `answer` gets each review that is posted, and ends the response. */
export async function reviewHook<Review>(
  answer: (review: Review, exchange: Parameters<RequestListener>) => void,
): Promise<ReviewHook> {
  const pki = createPki(Date.now(), ['127.0.0.1'])
  const server = https.createServer({ key: pki.server.key, cert: pki.server.cert }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => answer(JSON.parse(Buffer.concat(parts).toString()) as Review, [request, response]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `https://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`,
    caBundle: Buffer.from(pki.ca.cert).toString('base64'),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
