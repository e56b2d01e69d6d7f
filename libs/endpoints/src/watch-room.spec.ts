import { expect, test } from 'vitest'
import { WatchRoom } from './watch-room.ts'

const room = () =>
  new WatchRoom({
    watchesMax: 4,
    watchesPerUserMax: 3,
    watchStateObjectsMax: 100,
    watchStateObjectsPerUserMax: 50,
    watchQueueBytesAllMax: 1_500,
    watchQueueBytesPerUserMax: 1_000,
    watchEventBytesShort: 0,
    watchMeasureIntervalMs: 0,
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

/** A watch of a user, and what its transport holds. */
function watch(watches: WatchRoom, user: string) {
  const share = watches.enter(user, 0)
  const transport = { queued: 0 }
  share?.begins(() => transport.queued)
  return {
    transport,
    release: () => share?.release(),
    hasRoom: () => share?.hasRoom(transport.queued),
    send: (bytes: number) => {
      share?.sent(bytes)
      transport.queued += bytes
    },
  }
}

test('what transports hold unsent is shared between the watches of a user', () => {
  const watches = room()
  const one = watch(watches, 'a')
  one.send(800)
  expect(one.hasRoom()).toBe(true)
  const two = watch(watches, 'a')
  expect(one.hasRoom()).toBe(false)
  expect(two.hasRoom()).toBe(true)
  // However long one event is, no other of this user is sent beside it.
  two.send(201)
  expect([one.hasRoom(), two.hasRoom()]).toEqual([false, false])
  expect(watch(watches, 'b').hasRoom()).toBe(true)
})

test('bytes that were sent meanwhile by a watch without events do not count for the others of its user', () => {
  const watches = room()
  const [quiet, other] = [watch(watches, 'a'), watch(watches, 'a')]
  quiet.send(5_000)
  expect(other.hasRoom()).toBe(false)
  quiet.transport.queued = 0
  expect(other.hasRoom()).toBe(true)
})

test('when all transports together hold too much, a user may still hold an equal share', () => {
  const watches = room()
  const [greedy, modest] = [watch(watches, 'a'), watch(watches, 'b')]
  greedy.send(2_000)
  expect([greedy.hasRoom(), modest.hasRoom()]).toEqual([false, true])
  modest.send(760)
  expect(modest.hasRoom()).toBe(false)
  greedy.release()
  expect(modest.hasRoom()).toBe(true)
})
