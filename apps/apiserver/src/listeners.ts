/** The two doors: REST for everybody, gRPC for the plane's own services. Both lead to the same handler. */
import { readFileSync } from 'node:fs'
import type { Handler } from '@ensign/endpoints'
import { errorMessage, type Logger, listenError, UserError, watchFiles } from '@ensign/process'
import { createGrpcServer, type GrpcServer, type KeySource } from '@ensign/rpc'
import { type Listener, listen, type ServingCertificate } from '@ensign/server'
import type { ApiserverOptions } from './options.ts'

export interface Doors {
  readonly rest: Listener
  readonly grpc: GrpcServer
  /** Both at once: each gives its requests a moment to end. */
  close(): Promise<void>
}

/** @throws UserError when an address or a file cannot be used; nothing stays open then. */
export async function openDoors(
  options: ApiserverOptions,
  handler: Handler,
  keys: KeySource,
  signal: AbortSignal,
  log: Logger,
): Promise<Doors> {
  const rest = await openRest(options, handler, signal, log)
  try {
    const grpc = await openGrpc(options, handler, keys)
    return {
      rest,
      grpc,
      async close() {
        await Promise.all([rest.close(), grpc.close()])
      },
    }
  } catch (error) {
    await rest.close()
    throw error
  }
}

async function openRest(
  options: ApiserverOptions,
  handler: Handler,
  signal: AbortSignal,
  log: Logger,
): Promise<Listener> {
  const rest = await listen({
    host: options['bind-address'],
    port: options['secure-port'],
    serving: servingCertificate(options),
    clientCa: clientAuthorities(options),
    handler,
    unexpected: (error) => log.error('an answer could not be sent', { error: errorMessage(error) }),
  }).catch((error: unknown) => {
    throw listenError(error, { port: options['secure-port'], flag: 'secure-port' })
  })
  void watchFiles({
    paths: [options['tls-cert-file'], options['tls-private-key-file']],
    signal,
    onChange: () => {
      rest.setCertificate(servingCertificate(options))
      log.info('the serving certificate was replaced')
    },
    onError: (error) =>
      log.error('a replaced serving certificate cannot be used, the one before it stays in use', {
        error: errorMessage(error),
      }),
  })
  return rest
}

function openGrpc(options: ApiserverOptions, handler: Handler, keys: KeySource): Promise<GrpcServer> {
  const { certificate, privateKey } = servingCertificate(options)
  return createGrpcServer({
    host: options['bind-address'],
    port: options['grpc-port'],
    certificate,
    privateKey,
    clientCa: clientAuthorities(options),
    handler,
    keys,
  })
}

const clientAuthorities = (options: ApiserverOptions): Buffer => readPem(options['client-ca-file'], 'client-ca-file')

const servingCertificate = (
  options: ApiserverOptions,
): ServingCertificate & { certificate: Buffer; privateKey: Buffer } => ({
  certificate: readPem(options['tls-cert-file'], 'tls-cert-file'),
  privateKey: readPem(options['tls-private-key-file'], 'tls-private-key-file'),
})

function readPem(file: string, flag: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${errorMessage(error)}`, { hint: `check --${flag}` })
  }
}
