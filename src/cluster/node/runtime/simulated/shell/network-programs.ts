import { bad, type Call, good, type Output, type Program } from './machine.ts'

const SERVER = '10.96.0.10'

function nslookup({ machine, args }: Call): Output {
  const name = args.find((arg) => !arg.startsWith('-')) ?? ''
  const head = `Server:\t\t${SERVER}\nAddress:\t${SERVER}:53\n\n`
  const found = machine.network.resolve(name)
  if (found === undefined) return { stdout: `${head}** server can't find ${name}: NXDOMAIN\n\n`, stderr: '', code: 1 }
  return good(`${head}${found.addresses.map((address) => `Name:\t${found.name}\nAddress: ${address}\n`).join('')}\n`)
}

interface Target {
  readonly host: string
  readonly port: number
  readonly path: string
}

function targetOf(text: string): Target | undefined {
  try {
    const url = new URL(/^[a-z]+:\/\//.test(text) ? text : `http://${text}`)
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
    return { host: url.hostname, port, path: url.pathname + url.search }
  } catch {
    return undefined
  }
}

/** Options of curl and wget that take a value in a word of its own. */
const VALUED = new Set(['-O', '-T', '-t', '-o', '-H', '-X', '-d', '-m', '-u', '--max-time', '--connect-timeout'])

/** The address among the arguments, without options and their values. */
function addressIn(args: readonly string[]): string {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (VALUED.has(arg)) i++
    else if (!arg.startsWith('-')) return arg
  }
  return ''
}

/** Asks an HTTP server of the cluster; `words` are the program's own for what can go wrong. */
async function fetchFrom(
  call: Call,
  words: { readonly unknown: (host: string) => Output; readonly refused: (target: Target) => Output },
): Promise<Output> {
  const target = targetOf(addressIn(call.args))
  if (target === undefined) return bad('bad address')
  const { network } = call.machine
  const numeric = /^[0-9.]+$/.test(target.host) || target.host.includes(':')
  const host = numeric ? target.host : network.resolve(target.host)?.addresses[0]
  if (host === undefined) return words.unknown(target.host)
  const answer = await network.request(host, target.port, target.path)
  return answer === undefined ? words.refused(target) : good(answer)
}

async function curl(call: Call): Promise<Output> {
  return fetchFrom(call, {
    unknown: (host) => bad(`curl: (6) Could not resolve host: ${host}`, 6),
    refused: ({ host, port }) => bad(`curl: (7) Failed to connect to ${host} port ${port}: Connection refused`, 7),
  })
}

async function wget(call: Call): Promise<Output> {
  return fetchFrom(call, {
    unknown: (host) => bad(`wget: bad address '${host}'`),
    refused: ({ host, port }) => bad(`wget: can't connect to remote host (${host}:${port}): Connection refused`),
  })
}

function ping({ args }: Call): Output {
  const host = args.findLast((arg) => !arg.startsWith('-')) ?? ''
  return bad(`ping: ${host}: not available in a simulated container`)
}

/** The programs that look at the network. */
export const networkPrograms: Readonly<Record<string, Program>> = { nslookup, curl, wget, ping }
