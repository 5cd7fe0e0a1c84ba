#!/usr/bin/env node
/**
 * The differential fuzzer: `npm run fuzz -- [--count N] [--seconds N] [--seed N] [--family NAME] [--keep]`. Renders generated
 * charts with the `helm` on the PATH and by ourselves and shows every difference, as small as it gets; `--keep` adds them to
 * test/fuzz/corpus, which the ordinary tests replay. Without a `helm` it says so and ends well.
 */
import { runBundled } from './lib/bundled.js'

process.exitCode = await runBundled('fuzz', 'test/fuzz/main.ts', process.argv.slice(2))
