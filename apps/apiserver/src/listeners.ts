/** The two doors: REST for everybody, gRPC for the plane's own services. Both lead to the same handler. */
import { readFileSync } from 'node:fs'
import type { Handler } from '@ensign/endpoints'
import { errorMessage, type Logger, listenError, systemClock, UserError, watchFiles } from '@ensign/process'
import { createGrpcServer, type GrpcServer, type KeySource } from '@ensign/rpc'
import { type Listener, listen } from '@ensign/server'
import type { ServingCertificate } from '@ensign/transport'
import type { ApiserverOptions } from './options.ts'
import { type ServingFiles, servingFiles } from './serving-files.ts'

export interface Doors {
  readonly rest: Listener
  /** None where no client certificate is believed. */
  readonly grpc: GrpcServer | undefined
  /** Authorities whose client certificates are believed, PEM. */
  readonly clientCa: Buffer | undefined
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
  const files = servingFiles(options, systemClock.now())
  const clientCa = clientAuthorities(options)
  const rest = await openRest(options, files, { clientCa, handler }, signal, log)
  try {
    const grpc = await openGrpc(options, files, { clientCa, handler }, keys)
    return {
      rest,
      grpc,
      clientCa,
      async close() {
        await Promise.all([rest.close(), grpc?.close()])
      },
    }
  } catch (error) {
    await rest.close()
    throw error
  }
}

interface Served {
  readonly clientCa: Buffer | undefined
  readonly handler: Handler
}

async function openRest(
  options: ApiserverOptions,
  files: ServingFiles,
  { clientCa, handler }: Served,
  signal: AbortSignal,
  log: Logger,
): Promise<Listener> {
  const rest = await listen({
    host: options['bind-address'],
    port: options['secure-port'],
    serving: servingCertificate(files),
    clientCa,
    handler,
    unexpected: (error) => log.error('an answer could not be sent', { error: errorMessage(error) }),
  }).catch((error: unknown) => {
    throw listenError(error, { port: options['secure-port'], flag: 'secure-port' })
  })
  void watchFiles({
    paths: [files.certificateFile, files.privateKeyFile],
    signal,
    onChange: () => {
      rest.setCertificate(servingCertificate(files))
      log.info('the serving certificate was replaced')
    },
    onError: (error) =>
      log.error('a replaced serving certificate cannot be used, the one before it stays in use', {
        error: errorMessage(error),
      }),
  })
  return rest
}

async function openGrpc(
  options: ApiserverOptions,
  files: ServingFiles,
  { clientCa, handler }: Served,
  keys: KeySource,
): Promise<GrpcServer | undefined> {
  // Whoever calls it is known by a certificate.
  if (!clientCa) return undefined
  const { certificate, privateKey } = servingCertificate(files)
  return createGrpcServer({
    host: options['bind-address'],
    port: options['grpc-port'],
    certificate,
    privateKey,
    clientCa,
    handler,
    keys,
  })
}

function clientAuthorities({ 'client-ca-file': file }: ApiserverOptions): Buffer | undefined {
  return file === undefined ? undefined : readPem(file, 'client-ca-file')
}

const servingCertificate = (files: ServingFiles): ServingCertificate & { certificate: Buffer; privateKey: Buffer } => ({
  certificate: readPem(files.certificateFile, 'tls-cert-file'),
  privateKey: readPem(files.privateKeyFile, 'tls-private-key-file'),
})

function readPem(file: string, flag: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${errorMessage(error)}`, { hint: `check --${flag}` })
  }
}
