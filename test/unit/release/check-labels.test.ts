import { expect, test } from 'vitest'
import { checkLabels } from '../../../src/release/index.ts'

test('labels of a release that are Helm’s own are refused, for `template` too', () => {
  expect(() => checkLabels({ team: 'a' })).not.toThrow()
  expect(() => checkLabels({ team: 'a', owner: 'me' })).toThrow(
    'user supplied labels contains system reserved label name. System labels: [name owner status version createdAt modifiedAt]',
  )
})
