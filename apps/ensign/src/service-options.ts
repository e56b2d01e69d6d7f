/** The options of the three services, as they follow from place and state. */
import { join } from 'node:path'
import type { ApiserverOptions } from '@ensign/apiserver/src/options.ts'
import type { Options as ControllerManagerOptions } from '@ensign/controller-manager/src/options.ts'
import type { Options as OidcDiscoveryOptions } from '@ensign/oidc-discovery/src/options.ts'
import type { Place } from './place.ts'
import type { PlaneState } from './state.ts'

/** Decided here; all other options of the apiserver are also options of `ensign up`. */
export const decidedApiserverFlags = [
  'store-url',
  'bind-address',
  'secure-port',
  'grpc-port',
  'external-hostname',
  'tls-cert-file',
  'tls-private-key-file',
  'cert-dir',
  'client-ca-file',
  'service-account-issuer',
  'service-account-signing-key-file',
  'service-account-key-file',
  'log-format',
  'log-level',
] as const satisfies readonly (keyof ApiserverOptions)[]

export function apiserverOptions(place: Place, { pki, signingKey }: PlaneState) {
  return {
    'store-url': place.storeUrl,
    'bind-address': place.bindAddress,
    'secure-port': place.ports.rest,
    'grpc-port': place.ports.grpc,
    'tls-cert-file': pki.apiserver.certificateFile,
    'tls-private-key-file': pki.apiserver.privateKeyFile,
    'client-ca-file': pki.authority.certificateFile,
    'service-account-issuer': place.issuers,
    'service-account-signing-key-file': signingKey.privateKeyFile,
    'service-account-key-file': [signingKey.publicKeyFile],
  } satisfies Partial<ApiserverOptions>
}

export function controllerManagerOptions(place: Place, { pki, signingKey }: PlaneState) {
  return {
    ...towardsApiserver(place, pki.authority.certificateFile, pki.clients.controllerManager),
    'root-ca-file': pki.authority.certificateFile,
    'service-account-private-key-file': signingKey.privateKeyFile,
    'cluster-signing-cert-file': pki.authority.certificateFile,
    'cluster-signing-key-file': pki.authority.privateKeyFile,
    // An embedded store has one plane, which need not wait for a Lease that it held before it was killed.
    'leader-elect': place.storeUrl.startsWith('redis'),
  } satisfies Partial<ControllerManagerOptions>
}

export function oidcDiscoveryOptions(place: Place, { pki }: PlaneState) {
  return {
    'bind-address': place.bindAddress,
    'secure-port': place.ports.oidc,
    'tls-cert-file': pki.oidcDiscovery.certificateFile,
    'tls-private-key-file': pki.oidcDiscovery.privateKeyFile,
    ...towardsApiserver(place, pki.authority.certificateFile, pki.clients.oidcDiscovery),
    'key-cache-file': join(place.folder, 'published-keys.json'),
  } satisfies Partial<OidcDiscoveryOptions>
}

function towardsApiserver(
  place: Place,
  authority: string,
  client: { certificateFile: string; privateKeyFile: string },
) {
  return {
    apiserver: `${place.localHost.includes(':') ? `[${place.localHost}]` : place.localHost}:${place.ports.grpc}`,
    'certificate-authority': authority,
    'client-certificate': client.certificateFile,
    'client-key': client.privateKeyFile,
  }
}
