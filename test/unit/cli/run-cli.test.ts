import { expect, test } from 'vitest'
import { capturedOutput, fixedInput, runCli } from '../../../src/cli/index.ts'

async function run(argv: readonly string[], env: Record<string, string> = {}) {
  const stdout = capturedOutput()
  const stderr = capturedOutput()
  const io = { stdin: fixedInput(), stdout, stderr }
  const exitCode = await runCli(argv, { io, env: { HOME: '/nowhere', ...env }, programPath: '/usr/bin/chartctl' })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

test('a command prints to stdout and ends with 0', async () => {
  expect(await run(['version', '--short'])).toEqual({ exitCode: 0, stdout: 'v4.2.4\n', stderr: '' })
})

test('an unknown command is answered with similar ones', async () => {
  const { exitCode, stderr } = await run(['templat'])
  expect(exitCode).toBe(1)
  expect(stderr).toBe(
    'Error: unknown command "templat" for "chartctl"\n\nDid you mean this?\n\ttemplate\n\nRun \'chartctl --help\' for usage.\n',
  )
})

test('the program calls itself helm when it is told so', async () => {
  const { stderr } = await run(['version', 'x'], { CHARTCTL_NAME: 'helm' })
  expect(stderr).toBe('Error: "helm version" accepts no arguments\n\nUsage:  helm version [flags]\n')
})

test('global flags before the command are understood', async () => {
  const { stdout } = await run(['--namespace', 'blog', '--debug', 'env', 'HELM_NAMESPACE'])
  expect(stdout).toBe('blog\n')
})

test('a group without a command prints its help', async () => {
  const { exitCode, stdout } = await run(['repo'])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Usage:\n  chartctl repo [command]\n')
})

test('a wrong color mode is refused before anything runs', async () => {
  const { exitCode, stderr } = await run(['--color=blue', 'version'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('invalid color mode')
})

test('completion lists flags with their words, and says that files do not fit', async () => {
  const { stdout } = await run(['__complete', 'version', '--sh'])
  expect(stdout).toMatch(/^--short\t.*\n:4\n$/)
})

test.each([
  [['list', ''], '_activeHelp_ This command does not take any more arguments (but may accept flags).\n:4\n'],
  [
    ['get', 'values', 'web', ''],
    '_activeHelp_ This command does not take any more arguments (but may accept flags).\n:4\n',
  ],
  [['status', ''], ':0\n'],
  [['rollback', 'web', ''], ':1\n'],
  [['get', 'values', 'web', '--revision', ''], ':1\n'],
  [['uninstall', '--cascade', ''], ':0\n'],
  [['install', '--generate-name', 'web', ''], ':4\n'],
  [['upgrade', '--lock'], '--lock-wait\thow long to wait while another process works on the release\n:4\n'],
])('without a cluster, %j is completed as Helm does', async (words, answer) => {
  const env = { KUBECONFIG: '/nowhere/config', HELM_KUBEAPISERVER: 'http://127.0.0.1:1' }
  const { stdout } = await run(['__complete', ...words], env)
  expect(stdout).toBe(answer)
})

test('where the program goes by the name of Helm, flags that Helm lacks are not offered', async () => {
  const { stdout } = await run(['__complete', 'upgrade', '--lock'], { CHARTCTL_NAME: 'helm' })
  expect(stdout).toBe(':4\n')
})

test('flags of the logging of Kubernetes clients are taken', async () => {
  expect((await run(['-v', '6', 'env', 'HELM_NAMESPACE'])).stdout).toBe('default\n')
  expect((await run(['-v'])).stderr).toContain("Error: flag needs an argument: 'v' in -v\n")
})

test.each([
  [['version'], 1],
  [['env', 'a', 'b'], 1],
  [['__complete', 'repo', ''], 1],
  [['version', '--help'], 0],
])('%j knows the driver that HELM_DRIVER names', async (argv, exitCode) => {
  const answer = await run(argv, { HELM_DRIVER: 'x' })
  expect(answer.exitCode).toBe(exitCode)
  expect(answer.stderr).toBe(exitCode === 0 ? '' : 'level=INFO msg="unknown driver \\"x\\""\n')
})

test('env shows groups given as flags twice, as Helm reads them', async () => {
  const groups = ['--kube-as-group', 'a', '--kube-as-group=b']
  const { stdout } = await run([...groups, 'env', 'HELM_KUBEASGROUPS'], { HELM_KUBEASGROUPS: 'q' })
  expect(stdout).toBe('a,b,a,b\n')
  expect((await run(['env', 'HELM_KUBEASGROUPS'], { HELM_KUBEASGROUPS: 'q,r' })).stdout).toBe('q,r\n')
})
