import { once } from 'node:events'
import { createServer } from 'node:http'
import { listenError, type MetricsRegistry, metricsContentType } from '@ensign/process'

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
  const server = createServer((request, response) => {
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
  server.requestTimeout = 5000
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, { host, port, flag: 'health-port' })
  }
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
