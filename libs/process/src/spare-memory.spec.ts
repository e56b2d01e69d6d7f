import { setTimeout as delay } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { expect, test } from 'vitest'
import { giveBackSpareMemory } from './spare-memory.ts'

const heapMiB = () => getHeapStatistics().total_heap_size / 1024 / 1024

test('what a burst took is given back when nothing happens any more', async () => {
  const { stop } = giveBackSpareMemory()
  const before = heapMiB()
  let held: object[] = []
  while (heapMiB() - before < 100) held.push(...Array.from({ length: 10_000 }, (_, i) => ({ i, text: [`${i}`] })))
  const most = heapMiB()
  held = []
  // The test's time limit ends a wait in vain.
  while (most - heapMiB() < 50) await delay(100)
  expect(held).toEqual([])
  stop()
}, 20_000)
