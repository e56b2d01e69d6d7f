import { once } from 'node:events'
import { createServer } from 'node:net'
import { listenError } from '@ensign/process'
import type { Place } from './place.ts'

/**
 * Tries the three ports before anything is started, so that the one that is taken is named by the flag that chose it.
 * @throws UserError
 */
export async function checkPorts({ bindAddress: host, ports }: Place): Promise<void> {
  const flags = { rest: 'port', grpc: 'grpc-port', oidc: 'oidc-port' } as const
  for (const name of ['rest', 'grpc', 'oidc'] as const) {
    const port = ports[name]
    const server = createServer()
    try {
      server.listen({ port, host, exclusive: true })
      await once(server, 'listening')
    } catch (error) {
      throw listenError(error, { host, port, flag: flags[name] })
    }
    server.close()
    await once(server, 'close')
  }
}
