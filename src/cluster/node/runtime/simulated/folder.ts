/**
 * A folder of a simulated file system: files by their path below it, without a leading slash. Folders that are empty are
 * entries whose path ends in a slash; all others follow from the files in them.
 */
export class Folder {
  private readonly entries: Map<string, string>
  private readonly prefix: string
  readonly mode: 'read-only' | 'writable'
  constructor(entries: ReadonlyMap<string, string>, mode: 'read-only' | 'writable', prefix = '') {
    this.entries = entries as Map<string, string>
    this.mode = mode
    this.prefix = prefix
  }

  /** The part of this folder below a path; what is written there is written here. */
  below(path: string): Folder {
    const clean = path.split('/').filter(Boolean).join('/')
    return clean === '' ? this : new Folder(this.entries, this.mode, `${this.prefix}${clean}/`)
  }

  read(path: string): string | undefined {
    return path === '' ? undefined : this.entries.get(this.prefix + path)
  }

  write(path: string, content: string): void {
    this.entries.set(this.prefix + path, content)
  }

  makeFolder(path: string): void {
    this.entries.set(`${this.prefix}${path}/`, '')
  }

  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): void {
    const full = this.prefix + path
    for (const key of this.entries.keys()) if (key === full || key.startsWith(`${full}/`)) this.entries.delete(key)
  }

  /** Removes everything in the folder. */
  clear(): void {
    for (const key of this.entries.keys()) if (key.startsWith(this.prefix)) this.entries.delete(key)
  }

  /** True for the folder itself and for each one in it. */
  isFolder(path: string): boolean {
    if (path === '') return true
    const full = `${this.prefix}${path}/`
    for (const key of this.entries.keys()) if (key.startsWith(full)) return true
    return false
  }

  /** Names in a folder, sorted. */
  list(path: string): string[] {
    const full = path === '' ? this.prefix : `${this.prefix}${path}/`
    const names = new Set<string>()
    for (const key of this.entries.keys()) {
      if (key.startsWith(full) && key.length > full.length) names.add(key.slice(full.length).split('/')[0] ?? '')
    }
    names.delete('')
    return [...names].sort()
  }
}
