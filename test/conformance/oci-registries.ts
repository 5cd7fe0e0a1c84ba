import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { hashSync } from 'bcryptjs'

/** Two running registries; `close` ends them. */
export interface Registries {
  close(): void
}

/**
 * Starts Debian's docker-registry twice, without and with basic authentication (user `blog`, password `s3cret`). Undefined when
 * the program is not installed.
 */
export async function startRegistries(ports: {
  readonly open: number
  readonly secured: number
}): Promise<Registries | undefined> {
  const program = findProgram('docker-registry')
  if (program === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'chartctl-oci-'))
  const passwords = join(folder, 'htpasswd')
  writeFileSync(passwords, `blog:${hashSync('s3cret', 4)}\n`)
  const auth = `auth:\n  htpasswd:\n    realm: basic-realm\n    path: ${passwords}\n`
  const children = [start(program, folder, ports.open, ''), start(program, folder, ports.secured, auth)]
  const close = (): void => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await Promise.all([answers(ports.open), answers(ports.secured)])
  } catch (error) {
    close()
    throw error
  }
  return { close }
}

function start(program: string, folder: string, port: number, auth: string): ChildProcess {
  const config = join(folder, `config-${port}.yml`)
  const http = `http:\n  addr: 127.0.0.1:${port}\n`
  writeFileSync(
    config,
    `version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: ${folder}/data-${port}\n${http}${auth}`,
  )
  return spawn(program, ['serve', config], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH ?? '', OTEL_TRACES_EXPORTER: 'none' },
  })
}

function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Resolves once something listens on the port. */
async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isUp = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        done(true)
      })
      socket.once('error', () => done(false))
    })
    if (isUp) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`no registry on port ${port}`)
}
