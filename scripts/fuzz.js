#!/usr/bin/env node
/**
 * The differential fuzzer: `npm run fuzz -- [--count N] [--seconds N] [--seed N] [--family NAME] [--keep]`. Renders generated
 * charts with the `helm` on the PATH and by ourselves and shows every difference, as small as it gets; `--keep` adds them to
 * test/fuzz/corpus, which the ordinary tests replay. Without a `helm` it says so and ends well.
 *
 * `npm run fuzz -- parsers [--target NAME] [--seconds N] [--seed N] [--keep]` feeds the parsers with broken, deep and long
 * inputs instead, and needs no Helm.
 */
import { runBundled } from './lib/bundled.js'

const [first, ...rest] = process.argv.slice(2)
process.exitCode =
  first === 'parsers'
    ? runBundled('fuzz', 'test/fuzz/robust/main.ts', rest)
    : runBundled('fuzz', 'test/fuzz/main.ts', process.argv.slice(2))
