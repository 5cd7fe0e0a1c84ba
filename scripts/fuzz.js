#!/usr/bin/env node
/**
 * The differential fuzzer: `npm run fuzz -- [--count N] [--seconds N] [--seed N] [--family NAME] [--keep]`. Renders generated
 * charts with the `helm` on the PATH and by ourselves and shows every difference, as small as it gets; `--keep` adds them to
 * test/fuzz/corpus, which the ordinary tests replay. Without a `helm` it says so and ends well.
 *
 * `npm run fuzz -- parsers [--target NAME] [--seconds N] [--seed N] [--keep]` feeds the parsers with broken, deep and long
 * inputs instead, and needs no Helm.
 *
 * `npm run fuzz -- commands [--count CHARTS] [--seconds N] [--seed N]` compares what whole commands print and write.
 */
import { runBundled } from './lib/bundled.js'

const modules = { parsers: 'test/fuzz/robust/main.ts', commands: 'test/fuzz/commands/main.ts' }
const [first, ...rest] = process.argv.slice(2)
process.exitCode = Object.hasOwn(modules, first)
  ? runBundled('fuzz', modules[first], rest)
  : runBundled('fuzz', 'test/fuzz/main.ts', process.argv.slice(2))
