import { expect, test } from 'vitest'
import { forgetEmptyLists } from './empty-lists.ts'
import type { MessageSchema } from './schema.ts'

const item: MessageSchema = {
  name: 'Item',
  goName: 'v1.Item',
  fields: [
    { name: 'verbs', number: 1, type: 'string', presence: 'always', repeated: true },
    { name: 'names', number: 2, type: 'string', presence: 'omitempty', repeated: true },
  ],
}
const schema: MessageSchema = {
  name: 'Thing',
  goName: 'v1.Thing',
  fields: [
    { name: 'rules', number: 1, type: () => item, presence: 'always', repeated: true },
    { name: 'byName', number: 2, type: () => item, presence: 'omitempty', map: true },
    { name: 'one', number: 3, type: () => item, presence: 'pointer' },
    { name: 'self', number: 4, type: () => schema, presence: 'pointer' },
  ],
}

test('empty lists and maps that are always written become null at every depth; others stay', () => {
  const object = {
    rules: [{ verbs: [], names: [] }, { verbs: ['get'] }],
    byName: { a: { verbs: [] } },
    one: { verbs: [] },
  }
  forgetEmptyLists(schema, object)
  expect(object).toEqual({
    rules: [{ verbs: null, names: [] }, { verbs: ['get'] }],
    byName: { a: { verbs: null } },
    one: { verbs: null },
  })
  const empty = { rules: [] }
  forgetEmptyLists(schema, empty)
  expect(empty).toEqual({ rules: null })
})
