import { status } from '@grpc/grpc-js'
import { type HealthServer, HealthCheckResponse_ServingStatus as Serving } from '../generated/grpc/health/v1/health.ts'
import type { OpenStreams } from './open-streams.ts'

/** grpc.health.v1 for the server as a whole and the services it has; all of them serve or none does. */
export interface Health {
  readonly service: HealthServer
  set(serving: boolean): void
}

export function createHealth(services: readonly string[], streams: OpenStreams): Health {
  const known = new Set(['', ...services])
  const listeners = new Set<() => void>()
  let serving = false
  const statusOf = (service: string) => {
    if (!known.has(service)) return Serving.SERVICE_UNKNOWN
    return serving ? Serving.SERVING : Serving.NOT_SERVING
  }
  return {
    set(value) {
      if (value === serving) return
      serving = value
      for (const listener of listeners) listener()
    },
    service: {
      check({ request: { service } }, done) {
        if (!known.has(service)) return done({ code: status.NOT_FOUND, details: 'unknown service' })
        done(null, { status: statusOf(service) })
      },
      watch(call) {
        const send = () => call.write({ status: statusOf(call.request.service) })
        listeners.add(send)
        streams.add(call, () => listeners.delete(send))
        send()
      },
    },
  }
}
