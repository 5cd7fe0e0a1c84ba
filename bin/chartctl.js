#!/usr/bin/env node
process.getBuiltinModule('node:module').enableCompileCache?.()
const { main } = await import('../dist/cli/main.js')
await main()
