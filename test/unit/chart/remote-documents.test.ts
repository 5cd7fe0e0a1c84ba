import { expect, test } from 'vitest'
import type { LogRecord } from '../../../src/base/index.ts'
import { checkAgainstSchema, schemaAttempts } from '../../../src/chart/index.ts'

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const values = new Map([['port', 'high']])

test('documents that schemas refer to are downloaded once, and the work is done again', async () => {
  const asked: string[] = []
  const attempts = schemaAttempts(async (url) => {
    asked.push(url)
    return bytes({ definitions: { port: { $ref: 'other.json' } }, type: 'integer' })
  })
  const schema = bytes({ properties: { port: { $ref: 'https://schemas.example/a/main.json#/definitions/port' } } })
  const logged: LogRecord[] = []
  const check = () =>
    attempts(
      (record) => logged.push(record),
      (options, log) => {
        log({ level: 'INFO', message: 'checking', attributes: [] })
        return checkAgainstSchema(values, schema, { fetch: options.fetch })
      },
    )
  expect(await check()).toBe("- at '/port': got string, want integer\n")
  await check()
  expect(asked).toEqual(['https://schemas.example/a/main.json', 'https://schemas.example/a/other.json'])
  expect(logged.map((record) => record.message)).toEqual(['checking', 'checking'])
})

test('a document that cannot be had is reported as the reason', async () => {
  const attempts = schemaAttempts(async () => {
    throw new Error('HTTP request to it returned status 404 (Not Found)')
  })
  const schema = bytes({ $ref: 'http://schemas.example/none.json' })
  expect(
    await attempts(
      () => {},
      (options) => checkAgainstSchema(values, schema, options),
    ),
  ).toBe('failing loading "http://schemas.example/none.json": HTTP request to it returned status 404 (Not Found)')
})

test('what another document holds is decided by who fetches it', () => {
  const schema = bytes({ properties: { port: { $ref: 'https://schemas.example/port.json' } } })
  const check = (type: string) => checkAgainstSchema(values, schema, { fetch: () => bytes({ type }) })
  expect(check('integer')).toBe("- at '/port': got string, want integer\n")
  expect(check('boolean')).toBe("- at '/port': got string, want boolean\n")
})
