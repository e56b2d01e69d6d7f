/**
 * One of several processes works, the others wait: whoever holds the Lease.
 * Source: kubernetes/client-go tools/leaderelection/leaderelection.go and resourcelock/leaselock.go
 */
import { type KubeObject, StatusError } from '@ensign/apimachinery'
import { type Clock, errorMessage, type Logger, silentLogger, systemClock } from '@ensign/process'
import type { ApiClient } from './api-client.ts'
import { pause, realTimers, type Timers } from './timers.ts'

/** Milliseconds. Source: k8s.io/component-base config/v1alpha1/defaults.go, RecommendedDefaultLeaderElectionConfiguration. */
export const electionDefaults = {
  /** How long the others wait before they take a Lease that is not renewed. */
  leaseMs: 15_000,
  /** How long the holder tries to renew before it stops working. Shorter than the Lease, or two would work at once. */
  renewMs: 10_000,
  /** Between two attempts. */
  retryMs: 2000,
} as const

export interface ElectionOptions {
  readonly client: ApiClient
  readonly namespace: string
  readonly name: string
  /** Different for every process. */
  readonly identity: string
  /**
   * The work. The signal aborts when the Lease is lost or the process stops; the Lease is released once this has returned.
   */
  lead(signal: AbortSignal): Promise<void>
  readonly timings?: { readonly leaseMs: number; readonly renewMs: number; readonly retryMs: number }
  readonly log?: Logger
  readonly clock?: Clock
  readonly timers?: Timers
}

interface Lease extends KubeObject {
  spec: {
    holderIdentity?: string
    leaseDurationSeconds?: number
    acquireTime?: string
    renewTime?: string
    leaseTransitions?: number
  }
}

const leases = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' }

/** Campaigns, leads, and campaigns again, until the signal aborts. */
export async function runElected(options: ElectionOptions, signal: AbortSignal): Promise<void> {
  const election = new Election(options)
  while (!signal.aborted) {
    await election.acquire(signal)
    if (signal.aborted) return
    await election.holdWhile(options.lead, signal)
  }
}

class Election {
  readonly #options: ElectionOptions
  readonly #timers: Timers
  readonly #clock: Clock
  readonly #log: Logger
  readonly #timings
  /** The Lease as it was last seen, and when, by our own clock: the clocks of others are not to be trusted. */
  #seen: { readonly lease: Lease; readonly at: number } | undefined

  constructor(options: ElectionOptions) {
    this.#options = options
    this.#timers = options.timers ?? realTimers
    this.#clock = options.clock ?? systemClock
    this.#timings = options.timings ?? electionDefaults
    this.#log = (options.log ?? silentLogger).with({ lease: `${options.namespace}/${options.name}` })
  }

  get #collection() {
    return { ...leases, namespace: this.#options.namespace }
  }

  get #target() {
    return { ...this.#collection, name: this.#options.name }
  }

  /** Returns when the Lease is ours, or the signal aborts. */
  async acquire(signal: AbortSignal): Promise<void> {
    const { identity } = this.#options
    let told: string | undefined
    while (!signal.aborted) {
      if (await this.#tryAcquireOrRenew()) {
        this.#log.info('Leading', { identity })
        return
      }
      const holder = this.#seen?.lease.spec.holderIdentity
      if (holder !== told) this.#log.info('Waiting for the leader to leave', { holder, identity })
      told = holder
      await this.#untilReleased(signal)
    }
  }

  /** Works for as long as the Lease can be renewed. */
  async holdWhile(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    const onAbort = () => stop.abort()
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    const working = lead(stop.signal).finally(() => stop.abort())
    await this.#renew(stop.signal)
    if (!stop.signal.aborted) this.#log.error('Lost the lease', { identity: this.#options.identity })
    stop.abort()
    signal.removeEventListener('abort', onAbort)
    await working.finally(() => this.#release())
  }

  /** Returns when the signal aborts or renewing has failed for too long. */
  async #renew(signal: AbortSignal): Promise<void> {
    let renewed = this.#timers.now()
    while (!signal.aborted) {
      await pause(this.#timers, this.#timings.retryMs, signal)
      if (signal.aborted) return
      const left = renewed + this.#timings.renewMs - this.#timers.now()
      if (left <= 0) return
      const started = this.#timers.now()
      const attempt = this.#tryAcquireOrRenew()
      // An answer that comes after the deadline is worth nothing: somebody else may hold the Lease by then.
      const outcome = await Promise.race([attempt, pause(this.#timers, left, signal).then(() => undefined)])
      if (outcome) renewed = started
      else if (this.#seen && this.#seen.lease.spec.holderIdentity !== this.#options.identity) return
    }
  }

  /** Whether the Lease is ours now. Losing a race or not reaching the server is a no. */
  async #tryAcquireOrRenew(): Promise<boolean> {
    try {
      const current = (await this.#read()) ?? undefined
      if (!current) {
        this.#see((await this.#options.client.create(this.#collection, this.#record(undefined))) as Lease)
        return true
      }
      this.#see(current)
      const { holderIdentity = '' } = current.spec
      if (holderIdentity !== '' && holderIdentity !== this.#options.identity && !this.#expired()) return false
      this.#see((await this.#options.client.update(this.#target, this.#record(current))) as Lease)
      return true
    } catch (error) {
      const isRace = error instanceof StatusError && (error.reason === 'Conflict' || error.reason === 'AlreadyExists')
      if (!isRace) this.#log.warn('Cannot get or renew the lease', { error: errorMessage(error) })
      return false
    }
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return (await this.#options.client.get(this.#target)) as Lease
    } catch (error) {
      if (error instanceof StatusError && error.reason === 'NotFound') return undefined
      throw error
    }
  }

  #see(lease: Lease): void {
    if (this.#seen?.lease.metadata.resourceVersion === lease.metadata.resourceVersion) return
    this.#seen = { lease, at: this.#timers.now() }
  }

  /** Whether nobody has touched the Lease for as long as its holder had asked for. */
  #expired(): boolean {
    const { leaseDurationSeconds = this.#timings.leaseMs / 1000 } = this.#seen?.lease.spec ?? {}
    return this.#seen !== undefined && this.#timers.now() >= this.#seen.at + leaseDurationSeconds * 1000
  }

  #record(current: Lease | undefined): object {
    const now = microTime(this.#clock.now())
    const isOurs = current?.spec.holderIdentity === this.#options.identity
    return {
      ...current,
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: current?.metadata ?? { name: this.#options.name, namespace: this.#options.namespace },
      spec: {
        ...current?.spec,
        holderIdentity: this.#options.identity,
        leaseDurationSeconds: this.#timings.leaseMs / 1000,
        acquireTime: isOurs ? (current.spec.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: (current?.spec.leaseTransitions ?? 0) + (current && !isOurs ? 1 : 0),
      },
    }
  }

  /** Gives the Lease back, so that another one need not wait for its end. */
  async #release(): Promise<void> {
    const current = this.#seen?.lease
    if (!current || current.spec.holderIdentity !== this.#options.identity) return
    const now = microTime(this.#clock.now())
    const spec = { ...current.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now }
    try {
      this.#see((await this.#options.client.update(this.#target, { ...current, spec })) as Lease)
      this.#log.info('Released the lease')
    } catch (error) {
      this.#log.warn('Cannot release the lease', { error: errorMessage(error) })
    }
  }

  /** Waits for the next attempt: a little while, or until a watch tells that the holder has left. */
  async #untilReleased(signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    const onAbort = () => stop.abort()
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    const watching = this.#watchRelease(stop.signal).then((released) => {
      if (released) stop.abort()
    })
    await pause(this.#timers, this.#timings.retryMs, stop.signal)
    stop.abort()
    await watching
    signal.removeEventListener('abort', onAbort)
  }

  async #watchRelease(signal: AbortSignal): Promise<boolean> {
    const resourceVersion = this.#seen?.lease.metadata.resourceVersion
    if (resourceVersion === undefined) return false
    const fieldSelector = `metadata.name=${this.#options.name}`
    try {
      for await (const { type, object } of this.#options.client.watch(this.#collection, {
        fieldSelector,
        resourceVersion,
        signal,
      })) {
        if (type === 'DELETED' || (type !== 'BOOKMARK' && !(object as Lease).spec.holderIdentity)) return true
      }
    } catch {
      // The next attempt will tell what is wrong.
    }
    return false
  }
}

/** RFC 3339 with exactly six digits, as metav1.MicroTime wants it. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')
