/**
 * How many requests may be worked on at once, reads and writes apart, and shared between users. Watches take no place:
 * they are work only while they begin. The plane's own controllers, administrators and probes are never refused.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/server/filters/maxinflight.go
 */
import { andThen, type MaybePromise, mastersGroup, StatusError, type UserInfo } from '@ensign/apimachinery'
import { limits } from './limits.ts'
import type { RequestInfo } from './request-info.ts'
import { Seats } from './seats.ts'

export interface InFlight {
  /** Takes a place, at once or when there is one, and returns how to give it back; throws a 429 StatusError. */
  enter(user: UserInfo, info: Pick<RequestInfo, 'verb' | 'isResource'>): MaybePromise<() => void>
}

const nothing = () => {}

export function createInFlight(
  exempt: (user: UserInfo) => boolean,
  max = { reads: limits.readsInFlightMax as number, writes: limits.writesInFlightMax as number },
): InFlight {
  const waits = { waitingMax: limits.waitingPerUserMax, waitMs: limits.waitForPlaceMs }
  // Zero is no limit, as upstream's flags have it.
  const reads = new Seats({ seats: max.reads || Number.POSITIVE_INFINITY, ...waits })
  const writes = new Seats({ seats: max.writes || Number.POSITIVE_INFINITY, ...waits })
  return {
    enter(user, { verb, isResource }) {
      if (verb === 'watch' || !isResource || user.groups.includes(mastersGroup) || exempt(user)) return nothing
      const seats = verb === 'get' || verb === 'list' ? reads : writes
      return andThen(seats.take(user.username), (leave) => leave ?? refuse())
    },
  }
}

export const tooManyRequests = (): StatusError =>
  new StatusError('TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds: 1 })

function refuse(): never {
  throw tooManyRequests()
}
