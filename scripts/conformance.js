#!/usr/bin/env node
/**
 * Runs recorded cases: `npm run conformance -- PATH…`, where a path is a file or folder below the conformance recordings
 * (default: all of ../shared/conformance). Prints every case that fails and ends with the counts; exits 1 when one failed.
 */
import { runBundled } from './lib/bundled.js'

process.exitCode = runBundled('conformance', 'test/conformance/main.ts', process.argv.slice(2))
