/** The apiserver put together: store, caches, chain, and the two doors to it. */
import { servedKinds } from '@ensign/api'
import { andThen, type MaybePromise, mastersGroup } from '@ensign/apimachinery'
import {
  type Authenticator,
  certificateAuthenticator,
  createAuthenticator,
  serviceAccountTokenAuthenticator,
  tokenMetrics,
} from '@ensign/authentication'
import { controllerManagerUser, discoveryServiceUser } from '@ensign/authorization'
import { type ApiRequest, type Authenticated, createHandler, createInFlight } from '@ensign/endpoints'
import { jwksPath } from '@ensign/keypair'
import {
  createMetrics,
  errorMessage,
  type Logger,
  type MetricsRegistry,
  systemClock,
  warnOfExposedKeys,
} from '@ensign/process'
import type { RequestContext } from '@ensign/registry'
import { keepCompacted, parseStoreUrl } from '@ensign/store'
import { createActions } from './actions.ts'
import { storeBootstrapRoles } from './bootstrap-roles.ts'
import { checkOptions } from './check-options.ts'
import { expireEvents } from './expire-events.ts'
import { createHealth } from './health.ts'
import { type CheckedParts, healthChecks } from './health-checks.ts'
import { createIssuerDocuments } from './issuer-documents.ts'
import { keepPolicy } from './keep-policy.ts'
import { keepObjects } from './kept-objects.ts'
import { noteLegacyTokenUse } from './legacy-token-use.ts'
import { openDoors } from './listeners.ts'
import { loggablePath } from './loggable-path.ts'
import { createObjects, type Objects } from './objects.ts'
import { requestObserver } from './observe.ts'
import { type ApiserverOptions, apiserverFlags } from './options.ts'
import { ownObjects, reachableAddress } from './own-objects.ts'
import { createPaths, rootPaths } from './paths.ts'
import { createConnections } from './pod-connections.ts'
import { createPolicyGate } from './policy-gate.ts'
import { rbacGroup } from './rbac.ts'
import { serviceCompletion } from './service-allocator.ts'
import { loadSigningKeys, type SigningKeys } from './signing-keys.ts'
import { createStatusPages } from './status-pages.ts'
import { noteAvailability, openStore } from './store.ts'
import { systemNamespaces } from './system-namespaces.ts'
import { tokenObjects } from './token-objects.ts'

export interface Apiserver {
  /** Where REST is served, e.g. `https://127.0.0.1:6443`. */
  readonly url: string
  readonly port: number
  /** None where no client certificate is believed. */
  readonly grpcPort: number | undefined
  /** Resolves when every cache is loaded. */
  whenReady(): Promise<void>
  close(): Promise<void>
}

/** @throws UserError when something that the options name cannot be used; what was opened until then is closed again. */
export async function compose(options: ApiserverOptions, log: Logger): Promise<Apiserver> {
  checkOptions(options)
  warnOfExposedKeys(
    {
      'tls-private-key-file': options['tls-private-key-file'],
      'service-account-signing-key-file': options['service-account-signing-key-file'],
    },
    log,
  )
  await using opened = new AsyncDisposableStack()
  const stopping = new AbortController()
  opened.defer(() => stopping.abort())
  const metrics = createMetrics()
  const keys = loadSigningKeys(
    { signing: options['service-account-signing-key-file'], verifying: options['service-account-key-file'] },
    stopping.signal,
    log,
  )
  const connection = opened.adopt(await openStore(options['store-url'], log), (c) => c.close())
  const objects = opened.adopt(
    createObjects(connection, log, {
      completions: { '/services': serviceCompletion(options) },
      admissionPlugins: { enable: options['enable-admission-plugins'], disable: options['disable-admission-plugins'] },
    }),
    (o) => o.close(),
  )
  const policy = createPolicyGate()
  const whenReady = async (): Promise<void> => {
    await Promise.all([policy.stored, ...objects.caches.map((c) => c.whenReady())])
  }

  const issuers = options['service-account-issuer']
  const apiAudiences = options['api-audiences'].length > 0 ? options['api-audiences'] : issuers
  const authenticator = authenticatorOf(options, { objects, keys, apiAudiences, metrics, log })
  const publicAddress = `${options['external-hostname']}:${options['secure-port']}`
  const documents = opened.adopt(
    createIssuerDocuments({
      issuer: issuers[0] as string,
      jwksUri: options['service-account-jwks-uri'] ?? `https://${publicAddress}${jwksPath}`,
      ring: keys.ring,
    }),
    (d) => d.close(),
  )
  const storeProblem = () => {
    const state = connection.state()
    return state.available ? undefined : state.reason
  }
  const checked: CheckedParts = { objects, storeProblem, policy }
  const planeUsers = new Set([controllerManagerUser, discoveryServiceUser])
  const handler = createHandler({
    resources: objects.set,
    actions: createActions(objects, authenticator, {
      issuer: issuers[0] as string,
      apiAudiences,
      maxExpirationSeconds: options['service-account-max-token-expiration'] / 1000,
      extendExpiration: options['service-account-extend-token-expiration'],
      signer: keys.signer,
    }),
    connections: createConnections(objects),
    paths: createPaths({
      resources: objects.set,
      definitions: servedKinds,
      serverAddress: publicAddress,
      health: createHealth(healthChecks(checked)),
      pages: createStatusPages({
        flags: apiserverFlags,
        options,
        paths: rootPaths(objects.set),
        now: () => systemClock.now(),
      }),
      documents,
      metrics,
    }),
    authenticate: (request) => policy.hold(request, authenticated(authenticator, request, log)),
    authorizer: objects.authorizer,
    admission: objects.admission,
    inFlight: createInFlight((user) => planeUsers.has(user.username) || user.groups.includes(mastersGroup), {
      reads: options['max-requests-inflight'],
      writes: options['max-mutating-requests-inflight'],
    }),
    now: () => systemClock.now(),
    observe: requestObserver(metrics, objects.set),
    unexpected: (error, info) =>
      log.error('a request failed unexpectedly', {
        path: info && loggablePath(info.path),
        verb: info?.verb,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  })

  const published = { ring: keys.ring, issuers, jwksUri: options['service-account-jwks-uri'] }
  const doors = opened.adopt(await openDoors(options, handler, published, stopping.signal, log), (d) => d.close())
  void whenReady().then(() => doors.grpc?.setServing(true))
  void keepCompacted({
    stores: () => objects.stores,
    signal: stopping.signal,
    onError: (resource, error) =>
      log.warn('old events could not be forgotten, will try again', { resource, error: errorMessage(error) }),
  })
  const system = opened.adopt(
    keepObjects(systemNamespaces(objects.core('namespaces')), { log, context: ownContext }),
    (n) => n.close(),
  )
  const wanted = ownObjects(objects, {
    ip: options['advertise-address'] ?? reachableAddress(options['bind-address']),
    port: doors.rest.address.port,
    serviceRange: options['service-cluster-ip-range'],
    clientCa: doors.clientCa,
    isShared: parseStoreUrl(options['store-url']).kind === 'redis',
    now: () => systemClock.now(),
    storeProblem,
  })
  const own = opened.adopt(keepObjects(wanted, { log, context: ownContext, first: () => system.whenMade() }), (o) =>
    o.close(),
  )
  checked.kept = { system, own }
  opened.adopt(
    expireEvents({ resource: objects.core('events'), ttlMs: options['event-ttl'], clock: systemClock, log }),
    (expiry) => expiry.close(),
  )
  const { stored } = objects
  const { signal } = stopping
  void keepPolicy({
    gate: policy,
    caches: [
      objects.core('namespaces').cache,
      ...['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map((p) => stored(rbacGroup, p).cache),
    ],
    store: () => storeBootstrapRoles({ stored, namespaces: system.whenMade(), context: ownContext, signal, log }),
    signal,
  })
  noteAvailability(connection, log, signal)

  // From here on it is the caller's to close.
  const running = opened.move()
  return {
    url: `https://${options['bind-address']}:${doors.rest.address.port}`,
    port: doors.rest.address.port,
    grpcPort: doors.grpc?.port,
    whenReady,
    close: () => running.disposeAsync(),
  }
}

/** The apiserver's own writes. */
const ownContext = (): RequestContext => ({
  user: { username: 'system:apiserver', groups: [mastersGroup] },
  now: systemClock.now(),
  dryRun: false,
  subresource: '',
  fieldManager: 'kube-apiserver',
  warn: () => {},
})

function authenticatorOf(
  options: ApiserverOptions,
  deps: { objects: Objects; keys: SigningKeys; apiAudiences: readonly string[]; metrics: MetricsRegistry; log: Logger },
): Authenticator {
  const { objects, keys, apiAudiences, metrics, log } = deps
  const clock = systemClock
  return createAuthenticator({
    certificates: certificateAuthenticator({ clock }),
    tokens: [
      serviceAccountTokenAuthenticator({
        keys: keys.ring,
        issuers: options['service-account-issuer'],
        apiAudiences,
        lookup: options['service-account-lookup'],
        ...tokenObjects(objects),
        clock,
        metrics: tokenMetrics(metrics),
        onLegacyTokenUse: noteLegacyTokenUse(objects, log, () => clock.now()),
      }),
    ],
    anonymous: { enabled: options['anonymous-auth'] },
    apiAudiences,
  })
}

function authenticated(
  authenticator: Authenticator,
  { headers, peer, path }: ApiRequest,
  log: Logger,
): MaybePromise<Authenticated | undefined> {
  const authentication = authenticator.authenticate({
    authorization: headers.authorization,
    ...(headers.upgrade && { webSocketProtocols: String(headers['sec-websocket-protocol'] ?? '') }),
    peer,
    path,
  })
  return andThen(authentication, (result) => {
    if (result.ok) return result
    log.warn('a request could not be authenticated', { reason: result.reason, path: loggablePath(path) })
    return undefined
  })
}
