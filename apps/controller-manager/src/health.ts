import type { AddressInfo } from 'node:net'
import { listenError, type MetricsRegistry, metricsContentType } from '@ensign/process'
import { createPort } from '@ensign/transport'

/** Probes and scrapers are few, and all anonymous. */
const connections = {
  connectionsMax: 100,
  unidentifiedMax: 100,
  perAddressMax: 100,
  perUserMax: 100,
  openRequestsMax: 1_000,
  unsentBytesMax: 64 << 20,
  unsentBytesPerUserMax: 64 << 20,
} as const

export interface HealthListener {
  readonly port: number
  close(): Promise<void>
}

/**
 * `/livez`, `/healthz`, `/readyz` and `/metrics` over plain HTTP: nothing there is secret, and probes have no certificate.
 *
 * @throws UserError when the port cannot be had.
 */
export async function listenForHealth(options: {
  readonly host: string
  readonly port: number
  /** What is not ready; undefined when all is. */
  readonly notReady: () => string | undefined
  readonly metrics: MetricsRegistry
}): Promise<HealthListener> {
  const { host, port, notReady, metrics } = options
  const opened = createPort({
    host,
    port,
    serving: undefined,
    http1: { requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 },
    connections,
  })
  opened.http1.on('request', (request, response) => {
    const connection = opened.connections.find(request.socket)
    connection?.requestBegins()
    response.on('close', () => connection?.requestEnds())
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
      response.end(request.method === 'HEAD' ? undefined : text)
    }
    const path = request.url?.split('?')[0]
    const missing = path === '/readyz' ? notReady() : undefined
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'method not allowed\n')
    else if (missing !== undefined) answer(503, `${missing}\n`)
    else if (path === '/livez' || path === '/healthz' || path === '/readyz') answer(200, 'ok')
    else if (path === '/metrics') answer(200, metrics.expose(), metricsContentType)
    else answer(404, 'not found\n')
  })
  let address: AddressInfo
  try {
    address = await opened.listen()
  } catch (error) {
    throw listenError(error, { host, port, flag: 'health-port' })
  }
  return { port: address.port, close: () => opened.close(0) }
}
