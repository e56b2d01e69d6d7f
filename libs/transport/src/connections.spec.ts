import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { type Connection, Connections } from './connections.ts'
import { limits } from './limits.ts'

let ports = 1
/** The part of a socket that is asked for here. */
class FakeSocket extends EventEmitter {
  readonly remoteAddress: string
  readonly remotePort = ports++
  destroyed = false
  constructor(address: string) {
    super()
    this.remoteAddress = address
  }
  destroy() {
    this.destroyed = true
    this.emit('close')
  }
}

function opened(bounds: Partial<ConstructorParameters<typeof Connections>[0]> = {}) {
  let now = 0
  const max = {
    connectionsMax: 100,
    unidentifiedMax: 100,
    perAddressMax: 100,
    perUserMax: 100,
    openRequestsMax: 100,
    unsentBytesMax: 100,
    unsentBytesPerUserMax: 60,
  }
  const connections = new Connections({ ...max, ...bounds }, limits, () => now)
  return {
    connections,
    later: (ms: number) => {
      now += ms
      connections.sweep()
    },
    from(address: string): { socket: FakeSocket; connection: Connection | undefined } {
      const socket = new FakeSocket(address)
      return { socket, connection: connections.add(socket as unknown as Socket) }
    },
  }
}

test('connections: a flood of silent ones pushes out its own, and none that comes to ask something', () => {
  const { connections, from } = opened({ unidentifiedMax: 10 })
  const modest = from('10.0.0.1')
  const flood = Array.from({ length: 1_000 }, () => from('10.6.6.6'))
  expect(modest.socket.destroyed).toBe(false)
  expect(flood.filter(({ socket }) => !socket.destroyed)).toHaveLength(9)
  expect(connections.size).toBe(10)
  modest.connection?.requestBegins()
  expect(modest.connection?.identify('modest')).toBe(true)
  // Who is known is counted elsewhere, so there is room for one more.
  from('10.6.6.6')
  expect(connections.size).toBe(11)
})

test('connections: from one address the oldest that has asked nothing goes first, then the longest idle', () => {
  const { from, later } = opened({ unidentifiedMax: 3 })
  const [a, b, c] = [from('x'), from('x'), from('x')]
  a.connection?.requestBegins()
  a.connection?.requestEnds()
  from('x')
  expect([a, b, c].map(({ socket }) => socket.destroyed)).toEqual([false, true, false])
  const busy = c.connection
  busy?.requestBegins()
  later(10)
  from('x').connection?.requestBegins()
  from('x').connection?.requestBegins()
  expect([a, c].map(({ socket }) => socket.destroyed)).toEqual([true, false])
})

test('connections: at the bound of all, an idle one of the user who has the most is closed, and no busy one', () => {
  const { from } = opened({ connectionsMax: 3 })
  const made = ['a', 'a', 'b'].map((user) => {
    const { socket, connection } = from(user)
    connection?.requestBegins()
    connection?.identify(user)
    return { socket, connection }
  })
  expect(from('c').connection).toBeUndefined()
  made[0]?.connection?.requestEnds()
  expect(from('c').connection).toBeDefined()
  expect(made.map(({ socket }) => socket.destroyed)).toEqual([true, false, false])
})

test('connections: an address and a user have so many at most, and get room again when some close', () => {
  const { from } = opened({ perAddressMax: 2, perUserMax: 1 })
  const [first, second] = [from('x'), from('x')]
  expect(from('x').socket.destroyed).toBe(true)
  expect(first.connection?.identify('u')).toBe(true)
  expect(second.connection?.identify('u')).toBe(false)
  first.socket.destroy()
  expect(second.connection?.identify('u')).toBe(true)
  expect(from('x').socket.destroyed).toBe(false)
})

test('connections: open requests are counted for the user of all connections, from before it was known', () => {
  const { from } = opened({ openRequestsMax: 3 })
  const [first, second] = [from('x').connection, from('y').connection]
  expect([first?.requestBegins(), first?.requestBegins()]).toEqual([true, true])
  first?.identify('u')
  second?.identify('u')
  expect([second?.requestBegins(), second?.requestBegins()]).toEqual([true, false])
  second?.requestEnds()
  first?.requestEnds()
  expect(second?.requestBegins()).toBe(true)
})

test('connections: one without a first request is closed, one with an open request never is', () => {
  const { connections, from, later } = opened()
  const silent = from('x')
  const watching = from('x')
  watching.connection?.requestBegins()
  watching.connection?.onIdle(() => {})
  later(limits.firstRequestTimeoutMs + 1)
  later(1_000 * limits.idleTimeoutMs)
  expect([silent.socket.destroyed, watching.socket.destroyed]).toEqual([true, false])
  expect(connections.size).toBe(1)
})

test('connections: an idle one is told to go, and closed when it does not', () => {
  const { from, later } = opened()
  const { socket, connection } = from('x')
  let told = 0
  connection?.onIdle(() => told++)
  connection?.requestBegins()
  connection?.requestEnds()
  later(limits.idleTimeoutMs)
  expect(told).toBe(0)
  later(1)
  expect([told, socket.destroyed]).toEqual([1, false])
  later(limits.goAwayMs + 1)
  expect([told, socket.destroyed]).toEqual([1, true])
})

test('connections: long answers that are not sent are bounded for the user of all connections; the first may have any length', () => {
  const { from } = opened()
  const [first, second, other] = [from('x').connection, from('y').connection, from('z').connection]
  expect(first?.holds(1_000)).toBe(true)
  first?.identify('u')
  second?.identify('u')
  expect(second?.holds(1)).toBe(false)
  first?.sent(1_000)
  expect([second?.holds(40), first?.holds(20), first?.holds(1)]).toEqual([true, true, false])
  expect([other?.holds(40), other?.holds(1)]).toEqual([true, false])
  second?.sent(40)
  expect(other?.holds(1)).toBe(true)
})
