import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Seats } from './seats.ts'

const options = { seats: 4, waitingMax: 2, waitMs: 1000 }
const leave = (taken: unknown): void => (taken as () => void)()

describe('places for requests', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('most are for one user while nobody else comes, and some are left for who does', () => {
    const seats = new Seats(options)
    for (let i = 0; i < 3; i++) expect(seats.take('greedy')).toBeTypeOf('function')
    expect(seats.take('greedy')).toBeUndefined()
    expect(seats.take('modest')).toBeTypeOf('function')
  })

  test('the next one that is free is for who has fewer', async () => {
    const seats = new Seats(options)
    const held = [1, 2, 3].map(() => seats.take('greedy'))
    seats.take('other')
    const modest = seats.take('modest') as Promise<() => void>
    expect(modest).toBeInstanceOf(Promise)
    // Who came first has more than a third, now that there are three.
    expect(seats.take('greedy')).toBeUndefined()
    leave(held[0])
    const place = await modest
    expect(place).toBeTypeOf('function')
    leave(place)
    leave(held[1])
    expect(seats.take('greedy')).toBeTypeOf('function')
  })

  test('those who wait get their turn in a row', async () => {
    const seats = new Seats({ ...options, seats: 4 })
    const held = [1, 2, 3].map(() => seats.take('greedy'))
    seats.take('other')
    const turns: string[] = []
    for (const user of ['a', 'b']) void (seats.take(user) as Promise<unknown>).then(() => turns.push(user))
    leave(held[0])
    leave(held[1])
    await vi.advanceTimersByTimeAsync(0)
    expect(turns).toEqual(['a', 'b'])
  })

  test('nobody waits for ever, and nobody waits with too many', async () => {
    const seats = new Seats({ ...options, seats: 8 })
    for (let i = 0; i < 4; i++) for (const user of ['greedy', 'other']) seats.take(user)
    const waiting = [1, 2].map(() => seats.take('modest') as Promise<unknown>)
    expect(seats.take('modest')).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await Promise.all(waiting)).toEqual([undefined, undefined])
  })

  test('a place that is given back twice is one place', () => {
    const seats = new Seats({ ...options, seats: 1 })
    const place = seats.take('a')
    leave(place)
    leave(place)
    expect(seats.take('a')).toBeTypeOf('function')
    expect(seats.take('a')).toBeUndefined()
  })
})
