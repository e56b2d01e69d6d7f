import { expect, test } from 'vitest'
import type { MessageSchema } from './schema.ts'
import { inSchemaOrder } from './schema-order.ts'

const part: MessageSchema = {
  name: 'test.Part',
  goName: 'v1.Part',
  fields: [
    { name: 'name', number: 1, type: 'string', presence: 'always' },
    { name: 'size', number: 2, type: 'int32', presence: 'omitempty' },
  ],
}
const whole: MessageSchema = {
  name: 'test.Whole',
  goName: 'v1.Whole',
  fields: [
    { name: 'first', number: 3, type: () => part, presence: 'pointer' },
    { name: 'parts', number: 2, type: () => part, presence: 'omitempty', repeated: true },
    { name: 'named', number: 1, type: () => part, presence: 'omitempty', map: true },
  ],
}
const text = (value: object) => JSON.stringify(inSchemaOrder(whole, value))

test('members stand as the schema has them, at every depth', () => {
  const swapped = { size: 1, name: 'a' }
  const ordered = { name: 'a', size: 1 }
  expect(text({ named: { x: swapped }, parts: [swapped, ordered], first: swapped })).toBe(
    JSON.stringify({ first: ordered, parts: [ordered, ordered], named: { x: ordered } }),
  )
})

test('what is in order is not copied, and what is not given is not made up', () => {
  const value = { parts: [{ name: 'a' }], named: {} }
  expect(inSchemaOrder(whole, value)).toBe(value)
})
