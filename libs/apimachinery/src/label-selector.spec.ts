import { describe, expect, test } from 'vitest'
import { labelSelectorMatcher, parseLabelSelector } from './label-selector.ts'

const objects = { web: { tier: 'web', n: '5' }, db: { tier: 'db', gone: '' }, bare: undefined } as const
const selected = (text: string): string[] => {
  const matches = parseLabelSelector(text)
  return Object.entries(objects)
    .filter(([, labels]) => !matches || matches(labels))
    .map(([name]) => name)
}

describe('a label selector', () => {
  test.each([
    ['', ['web', 'db', 'bare']],
    ['tier=web', ['web']],
    ['tier==web', ['web']],
    ['tier!=web', ['db', 'bare']],
    ['tier in (web, db)', ['web', 'db']],
    ['tier notin (web)', ['db', 'bare']],
    ['gone', ['db']],
    ['!tier', ['bare']],
    ['gone=', ['db']],
    ['tier,!gone', ['web']],
    ['n>4', ['web']],
    ['n<5', []],
    ['tier in (web,)', ['web']],
  ])('%s selects %j', (text, names) => {
    expect(selected(text)).toEqual(names)
  })

  test.each([
    ['tier in web', "unable to parse requirement: found 'web' expected: '('"],
    ['tier=a b', "found 'b', expected: ',' or 'end of string'"],
    ['tier,', "found '', expected: identifier after ','"],
    [',tier', "found ',', expected: !, identifier, or 'end of string'"],
    [
      'n>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ])('%s is refused with the words of Kubernetes', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message)
  })

  test('of an object has the same meaning', () => {
    const matches = labelSelectorMatcher({
      matchLabels: { tier: 'web' },
      matchExpressions: [{ key: 'gone', operator: 'DoesNotExist' }],
    })
    expect([matches({ tier: 'web' }), matches({ tier: 'web', gone: '' }), matches(undefined)]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('takes a name of the prototype for a label like any other', () => {
    expect(parseLabelSelector('constructor')?.({})).toBe(false)
  })
})

test('a label selector: one of 3,000 values selects by each of them, one of too many requirements is refused', () => {
  const matches = parseLabelSelector(`app in (${Array.from({ length: 3_000 }, (_, i) => `name-${i}`)})`)
  expect([matches?.({ app: 'name-2999' }), matches?.({ app: 'name-3000' })]).toEqual([true, false])
  const many = (count: number) => Array.from({ length: count }, (_, i) => `!k${i}`).join(',')
  expect(parseLabelSelector(many(500))?.({ k499: '' })).toBe(false)
  expect(() => parseLabelSelector(many(501))).toThrow('the label selector has more than 500 requirements')
})
