import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GoMap } from '../../../src/go/index.ts'
import { lintChart } from '../../../src/lint/index.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chartctl-lint-'))
  mkdirSync(join(folder, 'templates'))
  writeFileSync(
    join(folder, 'Chart.yaml'),
    'apiVersion: v2\nname: shop\nversion: 1.0.0\nicon: https://a.example/i.png\n',
  )
  writeFileSync(join(folder, 'values.yaml'), 'db:\n  store:\n  size: 1\n')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const template = (text: string) => writeFileSync(join(folder, 'templates', 'a.yaml'), text)

describe('given values in lint', () => {
  it('have their tables completed with the defaults, nulls included, before templates see them', () => {
    template('{{ if not (hasKey .Values.db "store") }}{{ template "no-such" }}{{ end }}')
    const given: GoMap = new Map([['db', new Map([['user', 'me']])]])
    expect(lintChart(folder, given, { namespace: 'default' }).messages).toEqual([])
    expect(lintChart(folder, new Map(), { namespace: 'default' }).messages[0]?.text).toContain('no-such')
  })

  it('are left alone; the answer has them for the next chart', () => {
    template('')
    const given: GoMap = new Map([['db', new Map([['size', null]])]])
    const { values } = lintChart(folder, given, { namespace: 'default' })
    expect(given).toEqual(new Map([['db', new Map([['size', null]])]]))
    expect(values).toEqual(new Map([['db', new Map([['store', null]])]]))
  })
})
