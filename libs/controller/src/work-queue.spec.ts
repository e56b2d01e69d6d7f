import { describe, expect, test } from 'vitest'
import { ManualTimers } from './testing/manual-timers.ts'
import { createWorkQueue } from './work-queue.ts'

describe('a work queue', () => {
  test('is fair: keys come in the order in which they were added', async () => {
    const queue = createWorkQueue()
    for (const key of ['c', 'a', 'b']) queue.add(key)
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['c', 'a', 'b'])
  })

  test('is stingy: a key added several times is taken once', async () => {
    const queue = createWorkQueue()
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key)
    expect(queue.length).toBe(2)
    expect([await queue.take(), await queue.take()]).toEqual(['a', 'b'])
    expect(queue.length).toBe(0)
  })

  test('hands a key to no two workers, and hands it out once more when it was added meanwhile', async () => {
    const queue = createWorkQueue()
    queue.add('a')
    expect(await queue.take()).toBe('a')
    queue.add('a')
    queue.add('a')
    queue.add('b')
    expect(await queue.take()).toBe('b')
    expect(queue.length).toBe(0)
    queue.done('a')
    expect(queue.length).toBe(1)
    expect(await queue.take()).toBe('a')
    queue.done('a')
    expect(queue.length).toBe(0)
  })

  test('shuts down in order: waiting workers learn of it, nothing more is handed out', async () => {
    const timers = new ManualTimers()
    const queue = createWorkQueue({ timers })
    queue.add('a')
    await queue.take()
    const waiting = [queue.take(), queue.take()]
    queue.addAfter('later', 10)
    queue.shutDown()
    expect(await Promise.all(waiting)).toEqual([undefined, undefined])
    queue.add('b')
    queue.addAfter('c', 0)
    timers.advance(100)
    queue.done('a')
    expect(queue.length).toBe(0)
    expect(await queue.take()).toBeUndefined()
  })

  test('serves workers in the order in which they came', async () => {
    const queue = createWorkQueue()
    const first = queue.take()
    const second = queue.take()
    queue.add('a')
    queue.add('b')
    expect([await first, await second]).toEqual(['a', 'b'])
  })

  test('hands out later what was added for later; the earlier date wins', () => {
    const timers = new ManualTimers()
    const queue = createWorkQueue({ timers })
    queue.addAfter('a', 100)
    queue.addAfter('a', 30)
    queue.addAfter('a', 60)
    timers.advance(29)
    expect(queue.length).toBe(0)
    timers.advance(1)
    expect(queue.length).toBe(1)
    timers.advance(1000)
    expect(queue.length).toBe(1)
  })

  test('waits twice as long after each failure, from 5 ms to 1000 s, and begins anew when forgotten', () => {
    const timers = new ManualTimers()
    const queue = createWorkQueue({ timers })
    const waits: (number | undefined)[] = []
    for (let i = 0; i < 20; i++) {
      queue.addRateLimited('a')
      waits.push(timers.next)
      timers.advance(1_000_000)
    }
    expect(waits.slice(0, 4)).toEqual([5, 10, 20, 40])
    expect(waits.slice(-2)).toEqual([1_000_000, 1_000_000])
    expect(queue.failures('a')).toBe(20)
    queue.addRateLimited('b')
    expect(timers.next).toBe(5)
    queue.forget('a')
    queue.addRateLimited('a')
    expect(timers.next).toBe(5)
  })
})
