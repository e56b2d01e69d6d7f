/**
 * At a start, and after the store has lost its past, requests wait until the roles are known: a user who may do something is
 * not told in between that they may not. Administrators and probes need no role and wait for nothing.
 */
import { andThen, type MaybePromise, mastersGroup, StatusError } from '@ensign/apimachinery'
import type { ApiRequest, Authenticated } from '@ensign/endpoints'

/** Milliseconds that a request waits for the roles. */
const waitMs = 10_000

export interface PolicyGate {
  /** Resolves when the roles are stored and known for the first time. */
  readonly stored: Promise<void>
  isOpen(): boolean
  open(): void
  /** Requests wait again, until the next `open`. */
  close(): void
  /** Holds a request back until the gate is open; throws a 503 StatusError when that takes too long. */
  hold(request: ApiRequest, found: MaybePromise<Authenticated | undefined>): MaybePromise<Authenticated | undefined>
}

export function createPolicyGate(): PolicyGate {
  let isOpen = false
  let opening = Promise.withResolvers<void>()
  const stored = opening.promise

  async function opened(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(notYet()), waitMs)
    })
    await Promise.race([opening.promise, late]).finally(() => clearTimeout(timer))
  }

  return {
    stored,
    isOpen: () => isOpen,
    open() {
      isOpen = true
      opening.resolve()
    },
    close() {
      if (!isOpen) return
      isOpen = false
      opening = Promise.withResolvers()
    },
    hold({ path, headers }, found) {
      if (isOpen) return found
      return andThen(found, (authenticated) => {
        // An administrator in the name of another user needs what that user needs.
        const isAdministrator =
          authenticated?.user.groups.includes(mastersGroup) && headers['impersonate-user'] === undefined
        const needsNoRole = !authenticated || isAdministrator || isProbe(path)
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
