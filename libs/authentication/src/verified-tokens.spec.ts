import { expect, test } from 'vitest'
import { createVerifiedTokens } from './verified-tokens.ts'

function counting(limit?: number, charactersMax?: number) {
  const calls: string[] = []
  const tokens = createVerifiedTokens<{ good: boolean }>({
    keep: ({ good }) => good,
    ...(limit && { limit }),
    ...(charactersMax && { charactersMax }),
  })
  const get = async (token: string, good = true) =>
    tokens.get(token, async () => {
      calls.push(token)
      return { good }
    })
  return { tokens, get, calls }
}

test('a good outcome is remembered, a bad one is not', async () => {
  const { get, calls } = counting()
  await get('a')
  await get('a')
  await get('b', false)
  await get('b', false)
  expect(calls).toEqual(['a', 'b', 'b'])
})

test('those who ask at the same time share one check', async () => {
  const { get, calls } = counting()
  await Promise.all([get('a', false), get('a', false), get('a', false)])
  expect(calls).toEqual(['a'])
})

test('the least recently used falls out', async () => {
  const { get, calls } = counting(2)
  for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await get(token)
  expect(calls).toEqual(['a', 'b', 'c', 'b'])
})

test('verified tokens: long ones push out others, so that all together have so many characters at most', async () => {
  const { get, calls } = counting(10, 10)
  for (const token of ['a'.repeat(6), 'b'.repeat(6), 'b'.repeat(6), 'c', 'd', 'e', 'a'.repeat(6)]) await get(token)
  expect(calls.map((token) => token[0])).toEqual(['a', 'b', 'c', 'd', 'e', 'a'])
  await get('b'.repeat(6))
  expect(calls).toHaveLength(7)
})

test('a check that was under way when everything was forgotten is not remembered', async () => {
  const { tokens, calls, get } = counting()
  const { promise, resolve } = Promise.withResolvers<{ good: boolean }>()
  const slow = tokens.get('a', () => promise)
  await Promise.resolve()
  tokens.clear()
  const next = get('a')
  resolve({ good: true })
  expect(await slow).toEqual({ good: true })
  await next
  await get('a')
  expect(calls).toEqual(['a'])
})

test('a failing check fails those who asked, and the next one tries again', async () => {
  const { tokens, get } = counting()
  const failing = tokens.get('a', async () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await get('a')).toEqual({ good: true })
})
