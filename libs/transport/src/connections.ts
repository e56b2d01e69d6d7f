/**
 * All connections of one port, and whose they are. Their number is bounded in all, by address and by user; those on which
 * nothing was asked for too long are closed.
 *
 * When there is no room, one is closed that nobody has authenticated on: of the address that has the most of these, the one
 * that has been silent the longest. So a peer that opens connections and says nothing loses its own ones by it, and one
 * that has just come, and will say who it is within milliseconds, stays.
 */
import type { Socket } from 'node:net'
import { type ConnectionLimits, limits, type Timeouts } from './limits.ts'

/** The part of a socket that is looked at. */
export type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>

/** Who connections belong to: a user, or an address as long as no user is known. */
interface Owner {
  readonly connections: Set<Connection>
  /** Requests without a complete answer. */
  open: number
  /** Bytes of long answers that are not sent yet. */
  unsent: number
}

export class Connections {
  readonly #limits: ConnectionLimits
  readonly #timeouts: Timeouts
  readonly #now: () => number
  /** In the order in which they came. */
  readonly #all = new Map<string, Connection>()
  readonly #perAddress = new Map<string, number>()
  /** Those on which nobody has authenticated, by address. */
  readonly #addresses = new Map<string, Owner>()
  readonly #users = new Map<string, Owner>()
  #unidentified = 0
  #unsent = 0
  #sweeping: NodeJS.Timeout | undefined
  /** Milliseconds on some clock, as of the last sweep. */
  #nowMs: number

  constructor(bounds: ConnectionLimits, timeouts: Timeouts = limits, now: () => number = () => performance.now()) {
    this.#limits = bounds
    this.#timeouts = timeouts
    this.#now = now
    this.#nowMs = now()
  }

  get size(): number {
    return this.#all.size
  }

  /** Takes a new connection, or destroys it when there is no room. It is forgotten when the socket closes. */
  add(socket: Socket): Connection | undefined {
    const address = socket.remoteAddress ?? ''
    const { perAddressMax, connectionsMax, unidentifiedMax } = this.#limits
    if (
      (this.#perAddress.get(address) ?? 0) >= perAddressMax ||
      ((this.#all.size >= connectionsMax || this.#unidentified >= unidentifiedMax) && !this.#makeRoom())
    ) {
      socket.destroy()
      return undefined
    }
    if (!this.#sweeping) {
      this.#nowMs = this.#now()
      this.#sweeping = setInterval(() => this.sweep(), this.#timeouts.sweepMs).unref()
    }
    const key = keyOf(socket)
    const connection = new Connection(key, address, socket, this.#nowMs, ownerOf(this.#addresses, address), {
      nowMs: () => this.#nowMs,
      identify: (user) => this.#identify(connection, user),
      mayOpen: (owner) => owner.open <= this.#limits.openRequestsMax,
      hold: (owner, bytes) => this.#hold(owner, bytes),
    })
    this.#all.set(key, connection)
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1)
    this.#unidentified++
    socket.once('close', () => this.#remove(connection))
    return connection
  }

  /** The connection that a socket above the accepted one belongs to. */
  find(peer: Peer): Connection | undefined {
    return this.#all.get(keyOf(peer))
  }

  /** Closes what has been idle for too long. */
  sweep(): void {
    this.#nowMs = this.#now()
    for (const connection of this.#all.values()) connection.closeIfIdle(this.#nowMs, this.#timeouts)
  }

  destroyAll(): void {
    for (const connection of this.#all.values()) connection.destroy()
  }

  #identify(connection: Connection, user: string): Owner | undefined {
    const owner = this.#users.get(user) ?? { connections: new Set(), open: 0, unsent: 0 }
    if (owner.connections.size >= this.#limits.perUserMax) return undefined
    this.#users.set(user, owner)
    this.#unidentified--
    leave(this.#addresses, connection.address, connection)
    return owner
  }

  #hold(owner: Owner, bytes: number): boolean {
    const { unsentBytesMax, unsentBytesPerUserMax } = this.#limits
    const isTooMuch = owner.unsent + bytes > unsentBytesPerUserMax || this.#unsent + bytes > unsentBytesMax
    if (bytes > 0 && owner.unsent > 0 && isTooMuch) return false
    owner.unsent += bytes
    this.#unsent += bytes
    return true
  }

  #makeRoom(): boolean {
    const victim = quietest(biggest(this.#addresses)) ?? quietest(biggest(this.#users))
    if (!victim || (victim.user !== undefined && victim.isBusy)) return false
    victim.destroy()
    this.#remove(victim)
    return true
  }

  #remove(connection: Connection): void {
    const { key, address } = connection
    if (this.#all.get(key) !== connection) return
    this.#all.delete(key)
    const others = (this.#perAddress.get(address) ?? 1) - 1
    if (others > 0) this.#perAddress.set(address, others)
    else this.#perAddress.delete(address)
    if (connection.user === undefined) {
      this.#unidentified--
      leave(this.#addresses, address, connection)
    } else leave(this.#users, connection.user, connection)
    if (this.#all.size > 0) return
    clearInterval(this.#sweeping)
    this.#sweeping = undefined
  }
}

interface Books {
  nowMs(): number
  /** The user's account, or undefined when it has as many connections as it may. */
  identify(user: string): Owner | undefined
  mayOpen(owner: Owner): boolean
  /** Counts bytes, or takes them off when they are negative. False when there is no room for more. */
  hold(owner: Owner, bytes: number): boolean
}

export class Connection {
  readonly key: string
  readonly address: string
  readonly #socket: Socket
  readonly #openedMs: number
  readonly #books: Books
  #owner: Owner
  #user: string | undefined
  #open = 0
  #unsent = 0
  #asked = false
  #lastRequestMs: number
  #goAway: (() => void) | undefined
  #goingMs: number | undefined

  constructor(key: string, address: string, socket: Socket, openedMs: number, owner: Owner, books: Books) {
    this.key = key
    this.address = address
    this.#socket = socket
    this.#openedMs = openedMs
    this.#lastRequestMs = openedMs
    this.#books = books
    this.#owner = owner
    owner.connections.add(this)
  }

  /** Who has authenticated on it first; nobody, as long as it is used anonymously. */
  get user(): string | undefined {
    return this.#user
  }

  get hasAskedNothing(): boolean {
    return !this.#asked
  }

  get isBusy(): boolean {
    return this.#open > 0
  }

  /** How to ask the peer to leave, where the protocol has a way; such connections are closed when they are idle. */
  onIdle(goAway: () => void): void {
    this.#goAway = goAway
  }

  /** Something was asked on it, whose end is known to others alone. */
  isUsed(): void {
    this.#asked = true
  }

  /** False when its user has more requests without an answer than it may. Call `requestEnds` in either case. */
  requestBegins(): boolean {
    this.#asked = true
    this.#lastRequestMs = this.#books.nowMs()
    this.#open++
    this.#owner.open++
    return this.#books.mayOpen(this.#owner)
  }

  requestEnds(): void {
    this.#lastRequestMs = this.#books.nowMs()
    this.#open--
    this.#owner.open--
  }

  /** Takes room for an answer that is long, until `sent` says that it is gone; false when its user has too much unsent. */
  holds(bytes: number): boolean {
    if (!this.#books.hold(this.#owner, bytes)) return false
    this.#unsent += bytes
    return true
  }

  sent(bytes: number): void {
    this.#unsent -= bytes
    this.#books.hold(this.#owner, -bytes)
  }

  /** Says whose requests come over it. False when this user has as many connections as one user may. */
  identify(user: string): boolean {
    // A connection that others speak through, such as a proxy's, counts for the first of them.
    if (this.#user !== undefined) return true
    const owner = this.#books.identify(user)
    if (!owner) return false
    this.#user = user
    this.#owner.open -= this.#open
    this.#owner.unsent -= this.#unsent
    this.#owner = owner
    owner.open += this.#open
    owner.unsent += this.#unsent
    owner.connections.add(this)
    return true
  }

  isQuieterThan(other: Connection): boolean {
    if (this.isBusy !== other.isBusy) return other.isBusy
    return this.#lastRequestMs < other.#lastRequestMs
  }

  closeIfIdle(nowMs: number, { firstRequestTimeoutMs, goAwayMs, idleTimeoutMs }: Timeouts): void {
    if (this.#open > 0) return
    if (!this.#asked) {
      if (nowMs - this.#openedMs > firstRequestTimeoutMs) this.destroy()
      return
    }
    if (!this.#goAway) return
    if (this.#goingMs !== undefined) {
      if (nowMs - this.#goingMs > goAwayMs) this.destroy()
    } else if (nowMs - this.#lastRequestMs > idleTimeoutMs) {
      this.#goingMs = nowMs
      this.#goAway()
    }
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

function biggest(owners: ReadonlyMap<string, Owner>): Owner | undefined {
  let most: Owner | undefined
  for (const owner of owners.values()) if (!most || owner.connections.size > most.connections.size) most = owner
  return most
}

function quietest(owner: Owner | undefined): Connection | undefined {
  let found: Connection | undefined
  for (const connection of owner?.connections ?? []) {
    // They stand in the order in which they came, and none is quieter than the oldest that has asked nothing.
    if (connection.hasAskedNothing) return connection
    if (!found || connection.isQuieterThan(found)) found = connection
  }
  return found
}

const keyOf = ({ remoteAddress, remotePort }: Peer): string => `${remoteAddress} ${remotePort}`

function ownerOf(owners: Map<string, Owner>, name: string): Owner {
  let owner = owners.get(name)
  if (!owner) {
    owner = { connections: new Set(), open: 0, unsent: 0 }
    owners.set(name, owner)
  }
  return owner
}

function leave(owners: Map<string, Owner>, name: string, connection: Connection): void {
  const owner = owners.get(name)
  owner?.connections.delete(connection)
  if (owner?.connections.size === 0) owners.delete(name)
}
