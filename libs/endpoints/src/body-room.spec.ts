import { expect, test } from 'vitest'
import { BodyRoom } from './body-room.ts'

const room = () =>
  new BodyRoom({ bodiesPerUserMax: 3, bodyBytesMax: 100, bodyBytesPerUserMax: 60, requestBodyBytesMax: 10 })

test('one user gets a part of the room, and has it back when a request is over', () => {
  const bodies = room()
  const share = bodies.enter('a')
  expect(share?.mayTake(60)).toBe(true)
  expect(share?.mayTake(1)).toBe(false)
  share?.release()
  share?.release()
  expect(bodies.enter('a')?.mayTake(60)).toBe(true)
})

test('users who fill the room leave one body to everybody else', () => {
  const bodies = room()
  expect(bodies.enter('a')?.mayTake(60)).toBe(true)
  expect(bodies.enter('b')?.mayTake(40)).toBe(true)
  const share = bodies.enter('c')
  expect(share?.mayTake(11)).toBe(false)
  expect(share?.mayTake(10)).toBe(true)
  expect(share?.mayTake(1)).toBe(false)
})

test('a user has so many bodies on their way and no more', () => {
  const bodies = room()
  const shares = [1, 2, 3].map(() => bodies.enter('a'))
  expect(bodies.enter('a')).toBeUndefined()
  expect(bodies.enter('b')).toBeDefined()
  shares[0]?.release()
  expect(bodies.enter('a')).toBeDefined()
})
