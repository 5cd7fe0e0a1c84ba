import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { haveKubectl, pod, scenarioCluster, type World } from './world.ts'

/** Variables that make kubectl speak SPDY, as versions before 1.29 do. */
const SPDY = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }

describe.skipIf(!haveKubectl)('streams into containers', { concurrent: true, timeout: 240_000 }, () => {
  let world: (env?: Readonly<Record<string, string>>) => Promise<World>
  beforeAll(async () => {
    world = await scenarioCluster()
  })

  describe.each([
    ['WebSocket', {}],
    ['SPDY', SPDY],
  ])('over %s', (_name, env) => {
    test('commands: output, errors, exit codes, input', async () => {
      const { k, run, apply } = await world(env)
      await apply(pod('box'))
      await k('wait --for=condition=Ready pod/box --timeout=90s')
      expect(await run('exec box -- sh -c "echo out; ls /nope; exit 3"')).toMatchObject({
        exit: 3,
        stdout: 'out\n',
        stderr: 'ls: /nope: No such file or directory\ncommand terminated with exit code 3\n',
      })
      expect(await k('exec -i box -- cat', 'typed\n')).toBe('typed\n')
      expect(await k('exec -i box -- sh', 'A=1; echo $A\ncd /tmp\npwd\n')).toBe('1\n/tmp\n')
      expect(await k('exec box -- sh -c "echo a b | wc -w && false || echo no"')).toBe('2\nno\n')
    })

    test('files are copied in and out', async () => {
      const { k, apply, write, folder } = await world(env)
      await apply(pod('box'))
      await k('wait --for=condition=Ready pod/box --timeout=90s')
      write('note.txt', 'ünïcode\n')
      await k('cp note.txt box:/tmp/copied.txt')
      expect(await k('exec box -- cat /tmp/copied.txt')).toBe('ünïcode\n')
      await k('cp box:/tmp/copied.txt back.txt')
      expect(readFileSync(path.join(folder, 'back.txt'), 'utf8')).toBe('ünïcode\n')
    })

    test('ports are forwarded, several times', async () => {
      const { k, apply, background } = await world(env)
      await apply(pod('web', { metadata: 'annotations: {simulate.chartctl.dev/response: hello}' }))
      await k('wait --for=condition=Ready pod/web --timeout=90s')
      const forward = background('port-forward pod/web :8080')
      const [, port] = /127\.0\.0\.1:(\d+) -> 8080/.exec(await forward.until('Forwarding from 127')) ?? []
      for (let i = 0; i < 3; i++) expect(await (await fetch(`http://127.0.0.1:${port}/x`)).text()).toBe('hello\n')
      await forward.stop()
    })
  })

  test('logs: of all forms', async () => {
    const { k, apply, background, fails } = await world()
    await apply(
      pod('talks', {
        metadata: 'labels: {app: talks}, annotations: {simulate.chartctl.dev/logs: "one\\ntwo\\nthree"}',
      }),
    )
    await k('wait --for=condition=Ready pod/talks --timeout=90s')
    expect(await k('logs talks')).toBe('one\ntwo\nthree\n')
    expect(await k('logs talks --tail=1')).toBe('three\n')
    expect(await k('logs talks --limit-bytes=4')).toBe('one\n')
    expect(await k('logs talks --timestamps --tail=1')).toMatch(/^\d{4}-\d\d-\d\dT\S+Z three\n$/)
    expect(await k('logs -l app=talks --prefix')).toContain('[pod/talks/c] one\n')
    expect(await k('logs talks --since=1h')).toBe('one\ntwo\nthree\n')
    expect(await fails('logs talks -p')).toContain('previous terminated container "c" in pod "talks" not found')
    expect(await fails('logs talks -c x')).toContain('container x is not valid for pod talks')
    const follow = background('logs -f talks')
    await follow.until('three')
    await k('delete pod talks')
    await follow.ended
    await k('run later --image=x')
  })

  test('ephemeral containers debug a pod', async () => {
    const { k, run, apply, until } = await world()
    await apply(pod('app'))
    await k('wait --for=condition=Ready pod/app --timeout=90s')
    const session = await run('debug -i app --image=busybox -c dbg --attach -- sh', 'hostname\nexit 0\n')
    expect(session.stdout).toContain('app\n')
    await until('get pod app -o jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.exitCode}', '0')
    expect(await k('get pod app')).toMatch(/app +1\/1 +Running +0/)
  })
})
