/** Attacks on availability, at a pace that two processors can bear: they cost others nothing that one would notice. */
import { expect, test } from 'vitest'
import { backWithin, besiege, report } from './attacks/siege.ts'

const seconds = 20
/** What the longest request may wait beyond the longest of the same client without attacks. */
const delayMsMax = 1_000

test('beside all attacks a modest client is served, and a second siege takes no more memory', async () => {
  const siege = await besiege({ seconds, aloneSeconds: 8 })
  const { alone, beside, memory } = siege
  const told = report(siege)
  expect(beside.failures, told).toEqual([])
  expect(beside.untold, told).toBe(0)
  expect(beside.longestMs, told).toBeLessThan(alone.longestMs + delayMsMax)
  expect(memory.afterMiB, told).toBeLessThan(memory.beforeMiB * backWithin)
}, 180_000)
