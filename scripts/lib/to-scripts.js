// Turns what esbuild made into scripts as bin/chartctl.js loads them: expressions whose value is a function.
import { createHash } from 'node:crypto'

const parameters = 'exports,require,module,__filename,__dirname,__load'

/** Shared parts up to this size go into the script of the program itself: reading a file costs more than they do. */
const SMALL_BYTES = 12_000

/** A CommonJS module as a script; with `isModule` it can be required by Node as well. */
export function toScript(code, { isModule = false } = {}) {
  const body = toFunction(code)
  return withHash(
    isModule ? `(f=>typeof module==='object'?f(exports,require,module,__filename,__dirname):f)${body}` : body,
  )
}

function toFunction(code) {
  return `(function(${parameters}){${code}\n})`
}

/**
 * The launcher reads scripts as Latin-1, which is fastest. esbuild escapes what is not ASCII but in regular expressions, where
 * the same escapes may stand.
 */
function withHash(code) {
  const text = code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return `/*${hash}*/${text}`
}

/**
 * ES modules that esbuild split off one program as scripts that load each other by name. `files` maps names such as
 * `cli/main.js` to texts, `banner` names to their definitions. The script of `main` is an object of functions: its own and
 * those of what is small. Relies on the shape of esbuild's output: static imports first, one export statement at the end.
 */
export function chunksToScripts(files, main, banner) {
  const scripts = new Map()
  const small = new Map()
  for (const [name, text] of files) {
    const imports = []
    let code = text.trim()
    for (;;) {
      const found = /^import(?:\{([^}]*)\}from)?"([^"]+)";/.exec(code)
      if (!found) break
      const loaded = `__load(${JSON.stringify(scriptName(name, found[2]))})`
      imports.push(found[1] === undefined ? `${loaded};` : `var{${renamed(found[1])}}=${loaded};`)
      code = code.slice(found[0].length)
    }
    code = code.replace(/export\{([^}]*)\};$/, (_all, names) => `Object.assign(exports,{${exported(names)}});`)
    code = code.replace(
      /\b__now\(import\("(\.[^"]+)"\)\)/g,
      (_all, path) => `__load(${JSON.stringify(scriptName(name, path))})`,
    )
    code = code.replace(
      /\bimport\("(\.[^"]+)"\)/g,
      (_all, path) => `__import(${JSON.stringify(scriptName(name, path))})`,
    )
    if (/\bimport\(/.test(code)) throw new Error(`${name}: an import is left in ${/.{80}\bimport\(.{80}/.exec(code)}`)
    const used = Object.entries(banner).filter(([word]) => code.includes(`${word}(`))
    const whole = `${used.map(([, text]) => text).join('')}${imports.join('')}${code}`
    const part = name.replace(/\.js$/, '')
    if (part === main || (/\/chunk-\w+$/.test(part) && whole.length <= SMALL_BYTES)) small.set(part, whole)
    else scripts.set(part, toScript(whole))
  }
  const members = [...small].map(([part, code]) => `${JSON.stringify(part)}:${toFunction(code)}`)
  return scripts.set(main, withHash(`({${members.join(',\n')}})`))
}

/** `./chunk.js` in `cli/main.js` is `cli/chunk`. */
function scriptName(importer, path) {
  return new URL(path, `file:///${importer}`).pathname.slice(1).replace(/\.c?js$/, '')
}

/** `a as b` of an import is `a:b` of a pattern. */
function renamed(names) {
  return names.replace(/([\w$]+) as ([\w$]+)/g, '$1:$2')
}

/** `a as b` of an export is `b:a` of an object. */
function exported(names) {
  return names.replace(/([\w$]+) as ([\w$]+)/g, '$2:$1')
}
