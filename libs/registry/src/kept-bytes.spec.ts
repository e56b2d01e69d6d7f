import { expect, test } from 'vitest'
import { KeptBytes } from './kept-bytes.ts'
import { limits } from './limits.ts'

test('texts and bytes are what was given, close together', () => {
  const kept = new KeptBytes()
  const first = kept.text('a ü 𝄞')
  const second = kept.copy(new Uint8Array([1, 2, 3]))
  expect(first.toString()).toBe('a ü 𝄞')
  expect([...second]).toEqual([1, 2, 3])
  expect(second.buffer).toBe(first.buffer)
  expect(second.byteOffset).toBe(first.byteOffset + first.length)
})

test('a slab that is full is followed by another, and what was in it stays', () => {
  const kept = new KeptBytes()
  const size = limits.keptInSlabBytesMax
  const all = Array.from({ length: (2 * limits.keptSlabBytes) / size + 1 }, (_, i) =>
    kept.text(String(i % 10).repeat(size)),
  )
  expect(all.map((bytes) => bytes.toString('latin1', 0, 1))).toEqual(all.map((_, i) => String(i % 10)))
  expect(new Set(all.map((bytes) => bytes.buffer)).size).toBe(3)
})

test('what is large lies alone, so that nothing small holds it', () => {
  const kept = new KeptBytes()
  const large = kept.copy(new Uint8Array(limits.keptInSlabBytesMax + 1))
  expect(large.buffer.byteLength).toBe(large.length)
})
