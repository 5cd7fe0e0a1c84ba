import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const posts = JSON.parse(await readFile('/app/posts.json', 'utf8'))

createServer((request, response) => {
  const body = request.url === '/healthz' ? { ok: true } : { posts, ttlSeconds: Number(process.env.CACHE_TTL_SECONDS) }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}).listen(8080)
