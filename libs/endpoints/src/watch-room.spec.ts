import { expect, test } from 'vitest'
import { WatchRoom } from './watch-room.ts'

const room = () =>
  new WatchRoom({
    watchesMax: 4,
    watchesPerUserMax: 3,
    watchStateObjectsMax: 100,
    watchStateObjectsPerUserMax: 50,
    watchQueueBytesPerUserMax: 1_000,
    watchQueueBytesMin: 300,
    watchQueueBytesMax: 800,
  })

test('a user has so many watches, and all users together', () => {
  const watches = room()
  const mine = [1, 2, 3].map(() => watches.enter('a', 0))
  expect(watches.enter('a', 0)).toBeUndefined()
  expect(watches.enter('b', 0)).toBeDefined()
  expect(watches.enter('c', 0)).toBeUndefined()
  mine[0]?.release()
  mine[0]?.release()
  expect(watches.enter('c', 0)).toBeDefined()
  expect(watches.enter('d', 0)).toBeUndefined()
})

test('objects of initial states that wait are bounded; the first state of a user may have any length', () => {
  const watches = room()
  const share = watches.enter('a', 1_000)
  expect(share).toBeDefined()
  expect(watches.enter('a', 1)).toBeUndefined()
  expect(watches.enter('b', 10)).toBeDefined()
  share?.stateSent()
  expect(watches.enter('a', 50)).toBeDefined()
})

test('what transports hold unsent is shared between the watches of a user', () => {
  const watches = room()
  const share = watches.enter('a', 0)
  expect(share?.queueBytesMax()).toBe(800)
  watches.enter('a', 0)
  expect(share?.queueBytesMax()).toBe(500)
  watches.enter('a', 0)?.release()
  expect(share?.queueBytesMax()).toBe(500)
})
