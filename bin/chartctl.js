#!/usr/bin/env node
'use strict'
// Starts the command line. Its parts are scripts in dist/: expressions whose value is a function with the parameters of a
// CommonJS module, or an object of such functions by the names of their parts. Each is compiled with what V8 recorded of it
// in earlier runs (its code cache), so that little is left to compile; this file itself has no such cache, so it does as
// little as possible, and what is rare is in record-code.js.
//
// The first characters of a script are a comment with a hash of its text. A cache begins with that hash, since V8 compares
// lengths only, and goes on with the commands in whose runs it was recorded; `*` stands for all of them.
const fs = require('node:fs')
const path = require('node:path')
const { Script } = require('node:vm')
const { readFileSync } = fs

const isServer = process.argv[2] === 'cluster' && process.argv[3] === 'serve'
/** Set by the build (scripts/lib/record.js), whose runs record for all commands: what a run of theirs is to record. */
const recording = process.env.CHARTCTL_RECORD_CODE

let isTuned = false

/**
 * A command is over before most of what V8 would optimise has paid for itself: only what is very hot should be. The young
 * generation grows at once, since much of what a command makes stays until its end. After that V8 takes no code cache
 * that was made before it, and none of those that Node has of its own modules, so it happens when most is loaded, and not
 * in runs that record.
 */
function tune() {
  if (isTuned || isServer || [...scripts.values()].some(isNew)) return
  isTuned = true
  const { setFlagsFromString } = require('node:v8')
  setFlagsFromString('--semi-space-growth-factor=32')
  if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString('--interrupt-budget=700000')
  else {
    setFlagsFromString('--invocation-count-for-maglev=1500')
    setFlagsFromString('--invocation-count-for-turbofan=20000')
  }
}

const dist = path.join(__dirname, '..', 'dist')
const HASH_START = 2
const HASH_LENGTH = 16
const HEAD_BYTES = 256
/** Runs of a command that add to a cache; one may have been of a small chart only. */
const RECORDED_RUNS = 3

const command = process.argv.slice(2).find((word) => /^[a-z]{1,12}$/.test(word)) ?? 'help'
// A cache of all commands takes longer to read than `template`, which is run most, takes to render a small chart.
const part = isServer ? '-server' : command === 'template' ? '-template' : ''
const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join('').replace(/\W+/g, '_').slice(0, 80)
/** Caches are good for one version of Node, processor and set of V8 flags. */
const variantNow = () => `${process.version}-${process.arch}${part}${flags}${isTuned ? '-tuned' : ''}`
/** Whether caches are looked for beside the program: no more once the first script had none there. */
let isOwnUsed = true

/** Modules by the names of parts, scripts by the names of files, and functions of parts that came with others. */
const loaded = new Map()
const scripts = new Map()
const parts = new Map()

function load(name) {
  const known = loaded.get(name)
  if (known !== undefined) return known.exports
  const filename = path.join(dist, `${name}.cjs`)
  const module = { exports: {}, filename }
  loaded.set(name, module)
  const run = parts.get(name) ?? compile(name, filename)
  run(module.exports, require, module, filename, path.dirname(filename), load)
  return module.exports
}

function compile(name, filename) {
  const source = readFileSync(filename, 'latin1')
  const hash = source.slice(HASH_START, HASH_START + HASH_LENGTH)
  const variant = variantNow()
  const { code, isOwn } = findCode(name, hash, variant)
  const script = new Script(source, { filename, cachedData: code?.subarray(HEAD_BYTES) })
  const isUsed = code !== undefined && script.cachedDataRejected !== true
  const commands = isUsed ? code.latin1Slice(HASH_LENGTH, HEAD_BYTES).trim().split(' ') : []
  scripts.set(name, { script, hash, commands, isOwn, isTuned })
  const value = script.runInThisContext()
  if (typeof value === 'function') return value
  for (const part of Object.keys(value)) parts.set(part, value[part])
  return value[name]
}

/** The cache of a script: beside the program, else in the user's folder. */
function findCode(name, hash, variant) {
  const file = `${name.replace('/', '-')}.bin`
  const own = isOwnUsed ? readCode(path.join(dist, 'code', variant, file), hash) : undefined
  if (own !== undefined) return { code: own, isOwn: true }
  if (scripts.size === 0) isOwnUsed = false
  return { code: readCode(path.join(require('./record-code.js').userFolder(), variant, file), hash), isOwn: false }
}

function readCode(file, hash) {
  try {
    const code = readFileSync(file)
    return code.latin1Slice(0, HASH_LENGTH) === hash ? code : undefined
  } catch {
    return undefined
  }
}

/** Whether a script has not been recorded in enough runs. */
function isNew(entry) {
  if (recording !== undefined) return recording === (entry.isTuned ? 'tuned' : 'untuned')
  return !(entry.commands.includes('*') || entry.commands.includes(command + RECORDED_RUNS))
}

// Should the program end without an answer, that is a failure; main() sets the code that counts.
process.exitCode = 13
load('cli/main')
  .main(tune)
  .then(() => {
    const fresh = [...scripts].filter(([, entry]) => entry.isTuned === isTuned && isNew(entry))
    if (fresh.length > 0)
      require('./record-code.js').record(fresh, {
        command: recording === undefined ? command : '*',
        dist,
        variant: variantNow(),
        headBytes: HEAD_BYTES,
      })
    process.exit()
  })
