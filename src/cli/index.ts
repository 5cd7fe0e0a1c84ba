/**
 * The command line: a table of commands (catalog.ts), each a file under commands/ that is imported when it is chosen.
 * It parses flags as pflag does, prints, and sets exit codes; the work itself is in the folders it calls.
 * Start reading at program.ts (one run), command.ts (what a command is) and context.ts (what a command gets).
 */
export { type CliSurroundings, runCli } from './program.ts'
export { capturedOutput, type CliIo, fixedInput, type InputStream, type OutputStream } from './io.ts'
