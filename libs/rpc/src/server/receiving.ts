/**
 * Calls whose request is on its way. gRPC gives a request away when it is complete, and keeps what has come of it until then:
 * so it has to come within a time, and a user may send only so many at once.
 */
import type { Connections } from '@ensign/transport'
import { status as code, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js'
import { limits } from '../limits.ts'

interface Incoming {
  readonly sinceMs: number
  giveUp(): void
}

export function createReceiving(
  connections: Connections,
  bounds: { readonly receivingPerUserMax: number; readonly receivingTimeoutMs: number } = limits,
): ServerInterceptor {
  /** In the order in which they began. */
  const all = new Set<Incoming>()
  const perUser = new Map<string, number>()
  let sweeping: NodeJS.Timeout | undefined

  return (_method, call) => {
    const { remoteAddress, remotePort } = call.getConnectionInfo()
    const connection = connections.find({ remoteAddress, remotePort })
    connection?.isUsed()
    // Before its first call is authenticated a connection stands for itself.
    const user = connection?.user ?? `${remoteAddress} ${remotePort}`
    return new ServerInterceptingCall(call, {
      start(next) {
        const end = begin(user, () =>
          call.sendStatus({ code: code.DEADLINE_EXCEEDED, details: 'the request did not arrive in time' }),
        )
        if (!end) {
          call.sendStatus({ code: code.RESOURCE_EXHAUSTED, details: 'too many requests are on their way' })
          return
        }
        next({
          onReceiveMessage(message, pass) {
            end()
            pass(message)
          },
          onReceiveHalfClose(pass) {
            end()
            pass()
          },
          onCancel: end,
        })
      },
    })
  }

  function begin(user: string, giveUp: () => void): (() => void) | undefined {
    const others = perUser.get(user) ?? 0
    if (others >= bounds.receivingPerUserMax) return undefined
    perUser.set(user, others + 1)
    const incoming: Incoming = { sinceMs: performance.now(), giveUp }
    all.add(incoming)
    sweeping ??= setInterval(sweep, limits.receivingSweepMs).unref()
    return () => {
      if (!all.delete(incoming)) return
      const left = (perUser.get(user) ?? 1) - 1
      if (left > 0) perUser.set(user, left)
      else perUser.delete(user)
    }
  }

  function sweep(): void {
    const overdue = performance.now() - bounds.receivingTimeoutMs
    for (const { sinceMs, giveUp } of all) {
      if (sinceMs > overdue) break
      // It is forgotten when its stream is closed.
      giveUp()
    }
    if (all.size > 0) return
    clearInterval(sweeping)
    sweeping = undefined
  }
}
