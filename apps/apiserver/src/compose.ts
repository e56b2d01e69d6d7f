/** The apiserver put together: store, caches, chain, and the two doors to it. */
import { readFileSync } from 'node:fs'
import { servedKinds } from '@ensign/api'
import { mastersGroup } from '@ensign/apimachinery'
import {
  certificateAuthenticator,
  createAuthenticator,
  serviceAccountTokenAuthenticator,
  tokenMetrics,
} from '@ensign/authentication'
import { controllerManagerUser, discoveryServiceUser } from '@ensign/authorization'
import { type ActionHandler, createHandler, createInFlight, type Handler } from '@ensign/endpoints'
import { jwksPath } from '@ensign/keypair'
import {
  createMetrics,
  errorMessage,
  type Logger,
  systemClock,
  systemErrorCode,
  UserError,
  watchFiles,
} from '@ensign/process'
import { createGrpcServer } from '@ensign/rpc'
import { type Listener, listen } from '@ensign/server'
import { keepCompacted } from '@ensign/store'
import { accessReviewAction, rulesReviewAction } from './access-reviews.ts'
import type { HealthCheck } from './health.ts'
import { createIssuerDocuments } from './issuer-documents.ts'
import { noteLegacyTokenUse } from './legacy-token-use.ts'
import { createObjects, type Objects } from './objects.ts'
import { requestObserver } from './observe.ts'
import type { ApiserverOptions } from './options.ts'
import { createPaths } from './paths.ts'
import { selfSubjectReviewAction, tokenReviewAction } from './reviews.ts'
import { loadSigningKeys } from './signing-keys.ts'
import { openStore } from './store.ts'
import { keepSystemNamespaces } from './system-namespaces.ts'
import { tokenObjects } from './token-objects.ts'
import { tokenRequestAction } from './token-request.ts'

export interface Apiserver {
  /** Where REST is served, e.g. `https://127.0.0.1:6443`. */
  readonly url: string
  readonly port: number
  readonly grpcPort: number
  /** Resolves when every cache is loaded. */
  whenReady(): Promise<void>
  close(): Promise<void>
}

export async function compose(options: ApiserverOptions, log: Logger): Promise<Apiserver> {
  const clock = systemClock
  const metrics = createMetrics()
  const stopping = new AbortController()
  const keys = loadSigningKeys(
    { signing: options['service-account-signing-key-file'], verifying: options['service-account-key-file'] },
    stopping.signal,
    log,
  )
  const connection = await openStore(options['store-url'], log)
  const objects = createObjects(connection, log)

  const issuers = options['service-account-issuer']
  const issuer = issuers[0] as string
  const apiAudiences = options['api-audiences'].length > 0 ? options['api-audiences'] : issuers
  const { authorizer } = objects
  const authenticator = createAuthenticator({
    certificates: certificateAuthenticator({ clock }),
    tokens: [
      serviceAccountTokenAuthenticator({
        keys: keys.ring,
        issuers,
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
  const documents = createIssuerDocuments({
    issuer,
    jwksUri:
      options['service-account-jwks-uri'] ??
      `https://${options['external-hostname']}:${options['secure-port']}${jwksPath}`,
    ring: keys.ring,
  })
  const checks = healthChecks(objects, () => connection.state())

  const actions = new Map<string, ActionHandler>([
    [
      '/v1/serviceaccounts/token',
      tokenRequestAction({
        objects,
        issuer,
        apiAudiences,
        maxExpirationSeconds: options['service-account-max-token-expiration'] / 1000,
        extendExpiration: options['service-account-extend-token-expiration'],
        signer: keys.signer,
      }),
    ],
    ['authentication.k8s.io/v1/tokenreviews/', tokenReviewAction(authenticator)],
    ['authentication.k8s.io/v1/selfsubjectreviews/', selfSubjectReviewAction('v1')],
    ['authentication.k8s.io/v1beta1/selfsubjectreviews/', selfSubjectReviewAction('v1beta1')],
    ['authorization.k8s.io/v1/selfsubjectrulesreviews/', rulesReviewAction(authorizer)],
    ...(['SubjectAccessReview', 'LocalSubjectAccessReview', 'SelfSubjectAccessReview'] as const).map(
      (kind): [string, ActionHandler] => [
        `authorization.k8s.io/v1/${kind.toLowerCase()}s/`,
        accessReviewAction(authorizer, kind),
      ],
    ),
  ])

  const planeUsers = new Set([controllerManagerUser, discoveryServiceUser])
  const handler: Handler = createHandler({
    resources: objects.set,
    actions,
    paths: createPaths({
      resources: objects.set,
      definitions: servedKinds,
      serverAddress: `${options['external-hostname']}:${options['secure-port']}`,
      checks,
      documents,
      metrics,
    }),
    async authenticate({ headers, peer, path }) {
      const result = await authenticator.authenticate({
        authorization: headers.authorization,
        ...(headers.upgrade && { webSocketProtocols: String(headers['sec-websocket-protocol'] ?? '') }),
        peer,
        path,
      })
      if (result.ok) return { user: result.user, ...(result.warnings && { warnings: result.warnings }) }
      log.warn('a request could not be authenticated', { reason: result.reason, path })
      return undefined
    },
    authorizer,
    admission: objects.admission,
    inFlight: createInFlight((user) => planeUsers.has(user.username) || user.groups.includes(mastersGroup), {
      reads: options['max-requests-inflight'],
      writes: options['max-mutating-requests-inflight'],
    }),
    now: () => clock.now(),
    observe: requestObserver(metrics),
    unexpected: (error, info) =>
      log.error('a request failed unexpectedly', {
        path: info?.path,
        verb: info?.verb,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  })

  const serving = servingCertificate(options)
  const clientCa = readPem(options['client-ca-file'], 'client-ca-file')
  let rest: Listener
  try {
    rest = await listen({
      host: options['bind-address'],
      port: options['secure-port'],
      serving: serving.read(),
      clientCa,
      handler,
    })
  } catch (error) {
    throw cannotListen(error, options['bind-address'], options['secure-port'], 'secure-port')
  }
  const grpc = await createGrpcServer({
    host: options['bind-address'],
    port: options['grpc-port'],
    ...serving.read(),
    clientCa,
    handler,
    keys: { ring: keys.ring, issuers, jwksUri: options['service-account-jwks-uri'] },
  })
  void Promise.all(objects.caches.map((c) => c.whenReady())).then(() => grpc.setServing(true))
  void watchFiles({
    paths: [options['tls-cert-file'], options['tls-private-key-file']],
    signal: stopping.signal,
    onChange: () => {
      rest.setCertificate(serving.read())
      log.info('the serving certificate was replaced')
    },
    onError: (error) =>
      log.error('a replaced serving certificate cannot be used, the one before it stays in use', {
        error: errorMessage(error),
      }),
  })
  void keepCompacted({
    stores: () => objects.stores,
    signal: stopping.signal,
    onError: (resource, error) =>
      log.warn('old events could not be forgotten, will try again', { resource, error: errorMessage(error) }),
  })
  const namespaces = keepSystemNamespaces(objects.core('namespaces'), log, () => clock.now())

  return {
    url: `https://${options['bind-address']}:${rest.address.port}`,
    port: rest.address.port,
    grpcPort: grpc.port,
    async whenReady() {
      await Promise.all(objects.caches.map((c) => c.whenReady()))
    },
    async close() {
      namespaces.close()
      stopping.abort()
      await Promise.all([rest.close(), grpc.close()])
      documents.close()
      objects.close()
      await connection.close()
    },
  }
}

function healthChecks(objects: Objects, storeState: () => { available: boolean; reason?: string }): HealthCheck[] {
  return [
    {
      name: 'store',
      readinessOnly: true,
      check: () => {
        const state = storeState()
        return state.available ? undefined : (state.reason ?? 'unavailable')
      },
    },
    {
      name: 'watch-cache',
      readinessOnly: true,
      check: () => objects.caches.find((c) => !c.ready) && 'a watch cache is not loaded yet',
    },
  ]
}

function servingCertificate(options: ApiserverOptions): { read(): { certificate: Buffer; privateKey: Buffer } } {
  return {
    read: () => ({
      certificate: readPem(options['tls-cert-file'], 'tls-cert-file'),
      privateKey: readPem(options['tls-private-key-file'], 'tls-private-key-file'),
    }),
  }
}

function readPem(file: string, flag: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${errorMessage(error)}`, { hint: `check --${flag}` })
  }
}

function cannotListen(error: unknown, host: string, port: number, flag: string): unknown {
  if (systemErrorCode(error) !== 'EADDRINUSE') return error
  return new UserError(`port ${port} of ${host} is in use by another program`, {
    hint: `stop that program or choose another port with --${flag}`,
  })
}
