import { absolutePath, FileError } from '../file-system.ts'
import { bad, type Call, good, type Output } from './machine.ts'

const BLOCK = 512

/** The `tar` program as `kubectl cp` calls it: archives to standard output, and from standard input. */
export async function tar(call: Call): Promise<Output> {
  const { args } = call
  const letters = (args[0] ?? '').replace(/^-/, '')
  const at = args.indexOf('-C')
  const folder = absolutePath(call.session.folder, at < 0 ? '.' : (args[at + 1] ?? '.'))
  const paths = args
    .slice(1)
    .filter((arg, i, all) => arg !== '-' && arg !== '-C' && all[i - 1] !== '-C' && !arg.startsWith('--'))
  try {
    if (letters.includes('c')) return { ...good(), binary: pack(call, folder, paths) }
    if (letters.includes('x')) {
      unpack(call, folder, await call.bytes())
      return good()
    }
  } catch (error) {
    if (error instanceof FileError) return bad(`tar: ${error.message}`)
    throw error
  }
  return bad('tar: only c and x are available in a simulated container')
}

function pack(call: Call, folder: string, paths: readonly string[]): Buffer {
  const { files } = call.machine
  const blocks: Buffer[] = []
  const add = (name: string, path: string): void => {
    if (files.isFolder(path)) {
      blocks.push(header(`${name}/`, 0, '5'))
      for (const child of files.list(path)) add(`${name}/${child}`, absolutePath(path, child))
      return
    }
    const content = Buffer.from(files.read(path))
    blocks.push(header(name, content.length, '0'), content, Buffer.alloc(-content.length & (BLOCK - 1)))
  }
  for (const path of paths) add(path.replace(/^\/+/, ''), absolutePath(folder, path))
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}

function header(name: string, size: number, type: '0' | '5'): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.write(name.slice(0, 100), 0)
  block.write(type === '5' ? '0000755\0' : '0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('00000000000\0', 136)
  block.fill(' ', 148, 156)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function unpack(call: Call, folder: string, bytes: Buffer): void {
  const { files } = call.machine
  const text = (from: number, length: number): string => {
    const end = bytes.indexOf(0, from)
    return bytes.toString('utf8', from, end < 0 || end > from + length ? from + length : end)
  }
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const prefix = text(at + 257, 5) === 'ustar' ? text(at + 345, 155) : ''
    const name = (prefix === '' ? '' : `${prefix}/`) + text(at, 100)
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8)
    const type = bytes.toString('latin1', at + 156, at + 157)
    const path = absolutePath(folder, name)
    at += BLOCK
    if (type === '5') files.makeFolder(path)
    else if (type === '0' || type === '\0') {
      makeParents(call, path)
      files.write(path, bytes.toString('utf8', at, at + size))
    }
    at += Math.ceil(size / BLOCK) * BLOCK
  }
}

function makeParents(call: Call, path: string): void {
  const parts = path.split('/').slice(1, -1)
  for (let i = 1; i <= parts.length; i++) {
    const parent = `/${parts.slice(0, i).join('/')}`
    if (!call.machine.files.exists(parent)) call.machine.files.makeFolder(parent)
  }
}
