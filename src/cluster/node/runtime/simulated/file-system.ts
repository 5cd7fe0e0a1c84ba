import type { Folder } from './folder.ts'

/** A volume where a container sees it. */
export interface Mount {
  /** Absolute path without a trailing slash. */
  readonly path: string
  readonly folder: Folder
  /** A single file of the folder, mounted by subPath. */
  readonly file?: string
  readonly readOnly: boolean
}

/** A file operation that failed; the message is what programs print behind the path. */
export class FileError extends Error {}

interface Place {
  readonly folder: Folder
  readonly path: string
  readonly readOnly: boolean
}

/** What a simulated container sees as its file system: its root and the volumes that are mounted on it. */
export class FileSystem {
  private readonly root: Folder
  private readonly mounts: readonly Mount[]
  constructor(root: Folder, mounts: readonly Mount[]) {
    this.root = root
    this.mounts = [...mounts].sort((a, b) => b.path.length - a.path.length)
  }

  read(path: string): string {
    const place = this.place(path)
    const content = place.folder.read(place.path)
    if (content !== undefined) return content
    throw new FileError(this.isFolder(path) ? 'Is a directory' : 'No such file or directory')
  }

  write(path: string, content: string): void {
    if (this.isFolder(path)) throw new FileError('Is a directory')
    this.writablePlace(path, (place) => place.folder.write(place.path, content))
  }

  makeFolder(path: string): void {
    this.writablePlace(path, (place) => place.folder.makeFolder(place.path))
  }

  remove(path: string): void {
    if (!this.exists(path)) throw new FileError('No such file or directory')
    this.writablePlace(path, (place) => place.folder.remove(place.path))
  }

  exists(path: string): boolean {
    const place = this.place(path)
    return place.folder.read(place.path) !== undefined || this.isFolder(path)
  }

  isFolder(path: string): boolean {
    const place = this.place(path)
    if (place.path === '' || place.folder.isFolder(place.path)) return true
    return this.mounts.some((mount) => mount.path.startsWith(`${path === '/' ? '' : path}/`))
  }

  list(path: string): string[] {
    const place = this.place(path)
    const names = new Set(place.folder.list(place.path))
    const prefix = path === '/' ? '/' : `${path}/`
    for (const mount of this.mounts) {
      if (mount.path.startsWith(prefix)) names.add(mount.path.slice(prefix.length).split('/')[0] ?? '')
    }
    names.delete('')
    return [...names].sort()
  }

  private writablePlace(path: string, use: (place: Place) => void): void {
    const place = this.place(path)
    if (place.readOnly || place.folder.mode === 'read-only') throw new FileError('Read-only file system')
    const parent = path.slice(0, path.lastIndexOf('/')) || '/'
    if (!this.isFolder(parent)) throw new FileError('No such file or directory')
    use(place)
  }

  private place(path: string): Place {
    for (const mount of this.mounts) {
      if (mount.file !== undefined) {
        if (path === mount.path) return { folder: mount.folder, path: mount.file, readOnly: mount.readOnly }
      } else if (path === mount.path || path.startsWith(`${mount.path}/`)) {
        return { folder: mount.folder, path: path.slice(mount.path.length + 1), readOnly: mount.readOnly }
      }
    }
    return { folder: this.root, path: path.slice(1), readOnly: false }
  }
}

/** An absolute path without `.`, `..`, doubled or trailing slashes. */
export function absolutePath(folder: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
