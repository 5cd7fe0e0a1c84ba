import { describe, expect, test } from 'vitest'
import {
  emitJson,
  emitPrettyJson,
  emitYaml,
  emitYamlPretty,
  parseYaml,
  parseYamlValues,
} from '../../../src/encoding/index.ts'
import { quote } from '../../../src/go/index.ts'
import { attempt, fromPlain, plain, readVectors } from '../../support/vectors.ts'

const emit = readVectors('yaml/emit.jsonl') ?? []
const parse = readVectors('yaml/parse.jsonl') ?? []

const trimEnd = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text)

describe.runIf(emit.length > 0)('recorded YAML and JSON output', () => {
  test.each(emit.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const value = fromPlain(vector.value)
    const got = {
      toYaml: thrownAs(
        () => trimEnd(emitYaml(value)),
        () => '',
      ),
      toYamlPretty: trimEnd(emitYamlPretty(value)),
      toJson: emitJson(value),
      toPrettyJson: emitPrettyJson(value),
      ...(typeof value === 'string' ? { quote: quote(value) } : {}),
    }
    const { id: _, value: __, ...want } = vector
    expect(got).toEqual({ toYaml: '', toYamlPretty: '', ...want })
  })
})

describe.runIf(parse.length > 0)('recorded YAML input', () => {
  test.each(parse.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const text = String(vector.yaml)
    const got = {
      fromYaml: thrownAs(
        () => plain(parseYaml(text, { target: 'map' })),
        (message) => ({ Error: message }),
      ),
      fromYamlArray: thrownAs(
        () => plain(parseYaml(text, { target: 'list' })),
        (message) => [message],
      ),
      ...named('loadValues', () => plain(parseYamlValues(text))),
      ...named('any', () => plain(parseYaml(text))),
      ...named('strict', () => parseYaml(text, { strict: true }), true),
    }
    const { id: _, yaml: __, ...want } = vector
    expect(got).toEqual(want)
  })
})

function thrownAs(run: () => unknown, shape: (message: string) => unknown): unknown {
  const result = attempt(run)
  return isThrown(result) ? shape(result.thrown) : result
}

function named(name: string, run: () => unknown, errorOnly = false): Record<string, unknown> {
  const result = attempt(run)
  if (isThrown(result)) return { [`${name}Error`]: result.thrown }
  return errorOnly ? {} : { [name]: result }
}

function isThrown(value: unknown): value is { thrown: string } {
  return typeof value === 'object' && value !== null && 'thrown' in value
}
