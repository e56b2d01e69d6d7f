/**
 * How many requests may be worked on at once, reads and writes apart. Watches take no place: they are work only while
 * they begin. The plane's own controllers and administrators are never refused.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/server/filters/maxinflight.go
 */
import { mastersGroup, StatusError, type UserInfo } from '@ensign/apimachinery'
import { limits } from './limits.ts'

export interface InFlight {
  /** Takes a place and returns how to give it back; throws a 429 StatusError when there is none. */
  enter(user: UserInfo, verb: string): () => void
}

export function createInFlight(
  exempt: (user: UserInfo) => boolean,
  max = { reads: limits.readsInFlightMax as number, writes: limits.writesInFlightMax as number },
): InFlight {
  let reads = 0
  let writes = 0
  const leaveRead = () => {
    reads--
  }
  const leaveWrite = () => {
    writes--
  }
  const nothing = () => {}
  return {
    enter(user, verb) {
      if (verb === 'watch' || user.groups.includes(mastersGroup) || exempt(user)) return nothing
      const mutating = verb !== 'get' && verb !== 'list'
      if (mutating ? writes >= max.writes : reads >= max.reads) {
        throw new StatusError('TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds: 1 })
      }
      if (mutating) {
        writes++
        return leaveWrite
      }
      reads++
      return leaveRead
    },
  }
}
