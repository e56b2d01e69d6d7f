import { type AddressInfo, createServer, type Server as TcpServer } from 'node:net'
import type { Handler } from '@ensign/endpoints'
import { systemErrorCode, UserError } from '@ensign/process'
import { Connections, limits as timeouts } from '@ensign/transport'
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js'
import { KeysServiceService } from '../generated/ensign/keys/v1/keys.ts'
import { ObjectsServiceService } from '../generated/ensign/objects/v1/objects.ts'
import { HealthService } from '../generated/grpc/health/v1/health.ts'
import { limits } from '../limits.ts'
import { createHealth } from './health-service.ts'
import { type KeySource, keysService } from './keys-service.ts'
import { objectsService } from './objects-service.ts'
import { OpenStreams } from './open-streams.ts'
import { Peers } from './peers.ts'
import { createReceiving } from './receiving.ts'

export interface GrpcServerOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** PEM of the serving certificate. */
  readonly certificate: Buffer
  /** PEM of its private key. */
  readonly privateKey: Buffer
  /** PEM of the authorities of client certificates. A client without one of theirs is not let in at all. */
  readonly clientCa: Buffer
  /** The chain that REST requests take too. */
  readonly handler: Handler
  /** What the Keys service tells. Without it there is none. */
  readonly keys?: KeySource
}

export interface GrpcServer {
  readonly port: number
  /** What `grpc.health.v1` answers; not serving until told so. */
  setServing(serving: boolean): void
  /** Ends watches, takes no more calls, and lets the running ones finish for at most a second. */
  close(): Promise<void>
}

/**
 * Listens for the other services of the plane.
 *
 * @throws UserError when the address cannot be had.
 */
export async function createGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { handler, keys } = options
  // It writes to stderr in a form of its own what arrives here as an error anyway.
  setLogVerbosity(logVerbosity.NONE)
  const connections = new Connections(limits.connections)
  const server = new Server({
    'grpc.max_receive_message_length': limits.requestBytesMax,
    'grpc.max_send_message_length': limits.answerBytesMax,
    'grpc.max_concurrent_streams': limits.streamsMax,
    'grpc.keepalive_time_ms': limits.keepaliveMs,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    'grpc-node.max_session_memory': limits.sessionMemoryMibMax,
    interceptors: [createReceiving(connections)],
    // Left on: without its book-keeping, forceShutdown of grpc-js 1.14 does not find the connections it should end.
    'grpc.enable_channelz': 1,
  })
  const streams = new OpenStreams()
  server.addService(ObjectsServiceService, objectsService(handler, new Peers(connections), streams))
  const services = ['ensign.objects.v1.ObjectsService']
  if (keys) {
    server.addService(KeysServiceService, keysService(keys, streams))
    services.push('ensign.keys.v1.KeysService')
  }
  const health = createHealth(services, streams)
  server.addService(HealthService, health.service)
  const acceptor = await listen(server, connections, options)
  return {
    port: (acceptor.address() as AddressInfo).port,
    setServing: health.set,
    async close() {
      health.set(false)
      streams.endAll()
      acceptor.close()
      // The callback of tryShutdown may come long after forceShutdown has ended the last connection: nobody waits for it.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          server.forceShutdown()
          connections.destroyAll()
          resolve()
        }, limits.drainMs)
        server.tryShutdown(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    },
  }
}

/** Connections are counted as they are accepted, before TLS has cost anything; gRPC gets them from there. */
function listen(server: Server, connections: Connections, options: GrpcServerOptions): Promise<TcpServer> {
  const { host, port, certificate, privateKey, clientCa } = options
  const pair = { cert_chain: certificate, private_key: privateKey }
  const injector = server.createConnectionInjector(ServerCredentials.createSsl(clientCa, [pair], true))
  const acceptor = createServer(
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: timeouts.keepAliveProbeMs },
    (socket) => {
      socket.on('error', () => socket.destroy())
      if (connections.add(socket)) injector.injectConnection(socket)
    },
  )
  return new Promise((resolve, reject) => {
    acceptor.once('error', (error) => {
      const inUse = systemErrorCode(error) === 'EADDRINUSE'
      const why = inUse ? 'the port is in use' : error.message
      const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
      reject(
        new UserError(`cannot listen for gRPC on ${address}: ${why}`, { hint: 'choose another port', cause: error }),
      )
    })
    acceptor.listen(port, host, () => resolve(acceptor))
  })
}
