/** Where a plane lives: its folder, addresses and names, with everything that was left open decided. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { UserError } from '@ensign/process'
import { httpsAddress } from './state.ts'
import type { PlaceOptions } from './up-options.ts'

export interface Place {
  readonly folder: string
  readonly storeUrl: string
  readonly issuers: readonly string[]
  readonly bindAddress: string
  /** The host part of addresses on this machine. */
  readonly localHost: string
  readonly ports: { readonly rest: number; readonly grpc: number; readonly oidc: number }
  /** Of the REST API, for clients on this machine. */
  readonly server: string
  /** For the server certificates, beside the usual ones. */
  readonly altNames: readonly string[]
}

/** @throws UserError when two listeners would share a port. */
export async function placeOf(options: PlaceOptions): Promise<Place> {
  const ports = await portsOf(options)
  const bindAddress = options['bind-address']
  const everywhere = bindAddress === '0.0.0.0' || bindAddress === '::'
  const localHost = everywhere ? '127.0.0.1' : bindAddress
  const issuers = options.issuer.length > 0 ? options.issuer : [`https://localhost:${ports.oidc}`]
  return {
    folder: options.dir,
    storeUrl: options['store-url'] ?? `sqlite:${join(options.dir, 'ensign.db')}`,
    issuers,
    bindAddress,
    localHost,
    ports,
    server: httpsAddress(localHost, ports.rest),
    altNames: [...options.hostname, ...(everywhere ? [] : [bindAddress]), ...issuers.map((issuer) => hostOf(issuer))],
  }
}

async function portsOf(options: PlaceOptions): Promise<Place['ports']> {
  const { port } = options
  const [next, afterNext] = port === undefined ? [6444, 8443] : [port + 1, port + 2]
  const ports = {
    rest: port ?? 6443,
    grpc: options['grpc-port'] ?? (port === 0 ? 0 : next),
    oidc: options['oidc-port'] ?? (port === 0 ? 0 : afterNext),
  }
  for (const name of ['rest', 'grpc', 'oidc'] as const) {
    // The issuer and the kubeconfig name their port before anything listens on it.
    if (ports[name] === 0) ports[name] = await freePort(options['bind-address'])
  }
  const distinct = new Set(Object.values(ports))
  if (distinct.size < 3)
    throw new UserError(`the ports ${Object.values(ports).join(', ')} are not three`, { exitCode: 2 })
  return ports
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '')
}
