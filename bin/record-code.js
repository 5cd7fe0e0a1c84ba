'use strict'
// Keeps what V8 compiled of the scripts in a run, for later runs. Nothing here may fail: a cache is a convenience.
const fs = require('node:fs')
const path = require('node:path')

/** Versions of Node, sets of flags and kinds of commands that caches are kept of in one folder. */
const MAX_VARIANTS = 20
/** Commands whose runs add to a cache; with so many it counts as complete. */
const MAX_COMMANDS = 16

/** The user's folder of code caches, for installations that the user cannot write to; `` where there is none. */
exports.userFolder = () => {
  const { env, platform } = process
  const home = env.HOME ?? env.USERPROFILE ?? ''
  const system =
    platform === 'win32' ? env.LOCALAPPDATA : platform === 'darwin' ? path.join(home, 'Library/Caches') : ''
  const cache = env.XDG_CACHE_HOME || system || path.join(home, '.cache')
  return path.join(cache, 'chartctl', 'code')
}

/**
 * Writes the caches of scripts, beside them if that folder is writable, else in the user's folder; but there not those that
 * were found beside the scripts, which is where they are read again.
 */
exports.record = (scripts, { command, dist, variant, headBytes }) => {
  const others = scripts.filter(([, { isOwn }]) => !isOwn)
  for (const [parent, wanted] of [
    [path.join(dist, 'code'), scripts],
    [exports.userFolder(), others],
  ]) {
    if (wanted.length === 0) return
    try {
      const folder = createFolder(parent, variant)
      fs.accessSync(folder, fs.constants.W_OK)
      removeForeign(folder, dist)
      for (const [name, { script, hash, commands }] of wanted) {
        const known = withRun(commands, command)
        const head = Buffer.alloc(headBytes, ' ')
        head.write(`${hash}${known.length < MAX_COMMANDS ? known.join(' ') : '*'}`, 'latin1')
        const file = path.join(folder, `${name.replace('/', '-')}.bin`)
        const temporary = `${file}.${process.pid}`
        fs.writeFileSync(temporary, Buffer.concat([head, script.createCachedData()]), { mode: 0o644 })
        fs.renameSync(temporary, file)
      }
      return
    } catch {}
  }
}

/** The recorded runs with one more of a command: `template2` says that two runs of `template` are in the cache. */
function withRun(commands, command) {
  if (command === '*') return ['*']
  const isOf = (word) => word.slice(0, -1) === command
  const runs = Number(commands.find(isOf)?.slice(-1) ?? 0)
  return [...commands.filter((word) => !isOf(word)), `${command}${runs + 1}`]
}

/** Removes caches of scripts that are no longer there. */
function removeForeign(folder, dist) {
  for (const file of fs.readdirSync(folder)) {
    const script = path.join(dist, `${file.replace('-', '/').replace(/\.bin.*$/, '')}.cjs`)
    if (!fs.existsSync(script)) fs.rmSync(path.join(folder, file), { force: true })
  }
}

function createFolder(parent, variant) {
  const folder = path.join(parent, variant)
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(parent, { recursive: true })
    if (fs.readdirSync(parent).length >= MAX_VARIANTS) throw new Error('too many variants')
    fs.mkdirSync(folder, { recursive: true })
  }
  return folder
}
