/**
 * At a start, requests wait until the roles are known: a user who may do something is not told for a moment that they
 * may not. Administrators and probes need no role and wait for nothing.
 */
import { andThen, type MaybePromise, mastersGroup, StatusError } from '@ensign/apimachinery'
import type { ApiRequest, Authenticated } from '@ensign/endpoints'

/** Milliseconds that a request waits for the roles. */
const waitMs = 10_000

export interface PolicyGate {
  /** Resolves when the roles are stored and known. */
  readonly stored: Promise<void>
  isOpen(): boolean
  open(): void
  /** Holds a request back until the gate is open; throws a 503 StatusError when that takes too long. */
  hold(request: ApiRequest, found: MaybePromise<Authenticated | undefined>): MaybePromise<Authenticated | undefined>
}

export function createPolicyGate(): PolicyGate {
  let isOpen = false
  const { promise: stored, resolve } = Promise.withResolvers<void>()

  async function opened(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(notYet()), waitMs)
    })
    await Promise.race([stored, late]).finally(() => clearTimeout(timer))
  }

  return {
    stored,
    isOpen: () => isOpen,
    open() {
      isOpen = true
      resolve()
    },
    hold({ path }, found) {
      if (isOpen) return found
      return andThen(found, (authenticated) => {
        const needsNoRole = !authenticated || authenticated.user.groups.includes(mastersGroup) || isProbe(path)
        return needsNoRole ? authenticated : opened().then(() => authenticated)
      })
    },
  }
}

const isProbe = (path: string): boolean => /^\/(?:livez|readyz|healthz)(?:\/|$)/.test(path)

const notYet = (): StatusError =>
  new StatusError('ServiceUnavailable', 'the roles are not loaded yet, because the object store cannot be reached', {
    retryAfterSeconds: 1,
  })
