import v8 from 'node:v8'; v8.setFlagsFromString('--single-threaded-gc');v8.setFlagsFromString('--semi-space-growth-factor=16');v8.setFlagsFromString('--min-semi-space-size=64');v8.setFlagsFromString('--max-semi-space-size=64')
import module from 'node:module'

module.enableCompileCache?.()
const { main } = await import('../dist/cli/main.js')
await main()
