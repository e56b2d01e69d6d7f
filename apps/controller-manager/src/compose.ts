/** The controllers put together: one connection to the API server, shared copies of what they read, one Lease. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { ClusterRole, ConfigMap, Namespace, Secret, ServiceAccount } from '@ensign/api'
import { secretTypes } from '@ensign/api'
import {
  type ApiClient,
  type Controller,
  createInformer,
  type DiscoveredResource,
  pause,
  realTimers,
  resourceClient,
  runElected,
} from '@ensign/controller'
import { aborted, createMetrics, type Logger, systemClock, warnOfExposedKeys } from '@ensign/process'
import { createChannel, createObjectClient } from '@ensign/rpc'
import { clusterRoleAggregationController } from './controllers/cluster-role-aggregation.ts'
import { defaultServiceAccountController } from './controllers/default-service-account.ts'
import type { GarbageCollector } from './controllers/garbage-collector.ts'
import { namespaceController } from './controllers/namespace.ts'
import { namespaceContent } from './controllers/namespace-content.ts'
import { rootCaName, rootCaPublisher } from './controllers/root-ca-publisher.ts'
import { tokenSecretsController } from './controllers/token-secrets.ts'
import { rememberedDiscovery } from './discovery.ts'
import { listenForHealth } from './health.ts'
import type { Options } from './options.ts'
import { resources } from './resources.ts'
import { authorityFromFiles } from './signing-authority.ts'
import { readPem, signerFromFile } from './signing-key.ts'

export interface ControllerManager {
  /** Resolves when everything that the controllers read is known; also for one that waits to lead. */
  whenReady(): Promise<void>
  /** Where health is told, when it is. */
  readonly healthPort: number | undefined
  /** Finishes what was begun and gives the Lease back. Takes at most two seconds, whatever the API server does. */
  close(): Promise<void>
}

/** Workers of controllers whose work is one small write: enough to keep a store busy that answers in a millisecond. */
const smallWorkers = 20
/** Garbage and certificates are begun so much later than the rest: those whom somebody waits for want the processor. */
const unhurriedDelayMs = 300
/** How long stopping may take. */
const closeMs = 1800

/**
 * Starts the controllers. Whether the API server is there already does not matter.
 *
 * @throws UserError when a file or the health port cannot be used.
 */
export async function compose(options: Options, log: Logger): Promise<ControllerManager> {
  warnOfExposedKeys(
    {
      'client-key': options['client-key'],
      'service-account-private-key-file': options['service-account-private-key-file'],
      'cluster-signing-key-file': options['cluster-signing-key-file'],
    },
    log,
  )
  const stopping = new AbortController()
  const { signal } = stopping
  const authorityPem = readPem(options['certificate-authority']).toString()
  const rootCaFile = options['root-ca-file']
  const rootCaPem = rootCaFile === undefined ? authorityPem : readPem(rootCaFile).toString()
  const keyFile = options['service-account-private-key-file']
  const signer = keyFile === undefined ? undefined : signerFromFile(keyFile, signal, log)
  const [certificate, key] = [options['cluster-signing-cert-file'], options['cluster-signing-key-file']]
  const authority = certificate && key ? authorityFromFiles({ certificate, key }, signal, log) : undefined
  const channel = createChannel({
    address: options.apiserver,
    tls: {
      authorityPem,
      certificatePem: readPem(options['client-certificate']).toString(),
      privateKeyPem: readPem(options['client-key']).toString(),
    },
    // What stands before the slash owns the fields that the controllers write.
    userAgent: 'kube-controller-manager/v1.36',
  })
  const client = createObjectClient(channel)
  const informers = createInformers(client, log)
  const discover = rememberedDiscovery(client, systemClock)
  const controllers = createControllers({ client, informers, options, log, rootCaPem, signer, discover })

  const metrics = createMetrics()
  let leading = false
  let collector: GarbageCollector | undefined
  metrics.observed(
    { name: 'garbage_collector_graph_objects', help: 'Objects that own, are owned, or wait for their dependents.' },
    () => collector?.size ?? 0,
  )
  metrics.observed({ name: 'leader_election_master_status', help: 'Whether this process leads.' }, () =>
    Number(leading),
  )
  const notReady = () => {
    const [name] = Object.entries(informers).find(([, informer]) => !informer.synced) ?? []
    return name && `${name} are not known yet`
  }
  const healthPort = options['health-port']
  const health =
    healthPort === undefined
      ? undefined
      : await listenForHealth({ host: options['health-address'], port: healthPort, notReady, metrics })

  async function work(until: AbortSignal): Promise<void> {
    leading = true
    const running = controllers.map((controller) => controller.run(until))
    await Promise.all([...running, workUnhurried(until)])
    leading = false
  }

  async function workUnhurried(until: AbortSignal): Promise<void> {
    await Promise.all(Object.values(informers).map((informer) => informer.whenSynced(until)))
    await pause(realTimers, unhurriedDelayMs, until)
    if (until.aborted) return
    await Promise.all([
      certificates(until),
      services(until),
      nodes(until),
      ...(options['enable-garbage-collector'] ? [collectGarbage(until)] : []),
    ])
  }

  async function services(until: AbortSignal): Promise<void> {
    const { runServices } = await import('./services.ts')
    await runServices({ client, options, log, signal: until })
  }

  async function nodes(until: AbortSignal): Promise<void> {
    const { runNodes } = await import('./nodes.ts')
    await runNodes({ client, options, log, signal: until })
  }

  async function certificates(until: AbortSignal): Promise<void> {
    const { runCertificates } = await import('./certificates.ts')
    await runCertificates({ client, options, authority, log, signal: until })
  }

  async function collectGarbage(until: AbortSignal): Promise<void> {
    const { garbageCollector } = await import('./controllers/garbage-collector.ts')
    const workers = options['concurrent-gc-syncs']
    collector = garbageCollector({ client, discover, workers, clock: systemClock, log })
    await collector.run(until)
  }

  // The copies are kept while others lead too: whoever takes over begins at once.
  const following = Object.values(informers).map((informer) => informer.run(signal))
  const working = options['leader-elect'] ? runElected(election(options, client, log, work), signal) : work(signal)
  working.catch((error: unknown) => log.error('The controllers have stopped', { error: String(error) }))

  return {
    async whenReady() {
      await Promise.all(Object.values(informers).map((informer) => informer.whenSynced(signal)))
    },
    healthPort: health?.port,
    async close() {
      stopping.abort()
      // Nothing was begun yet, and the calls under way would wait for a server that may never come.
      if (notReady() !== undefined) channel.close()
      const deadline = AbortSignal.timeout(closeMs)
      await Promise.race([Promise.allSettled([working, ...following]), aborted(deadline)])
      channel.close()
      await health?.close()
    },
  }
}

function election(options: Options, client: ApiClient, log: Logger, lead: (signal: AbortSignal) => Promise<void>) {
  return {
    client,
    namespace: options['leader-elect-resource-namespace'],
    name: options['leader-elect-resource-name'],
    // The host for people, the rest because two processes on it are two.
    identity: `${hostname()}_${randomUUID()}`,
    timings: {
      leaseMs: options['leader-elect-lease-duration'],
      renewMs: options['leader-elect-renew-deadline'],
      retryMs: options['leader-elect-retry-period'],
    },
    lead,
    log,
  }
}

/** Copies of what the controllers read, and of no more than that. */
function createInformers(client: ApiClient, log: Logger) {
  const shared = { client, log }
  return {
    clusterRoles: createInformer<ClusterRole>({ ...shared, resource: resources.clusterRoles }),
    namespaces: createInformer<Namespace>({ ...shared, resource: resources.namespaces }),
    defaultAccounts: createInformer<ServiceAccount>({
      ...shared,
      resource: resources.serviceAccounts,
      fieldSelector: 'metadata.name=default',
    }),
    rootCaConfigMaps: createInformer<ConfigMap>({
      ...shared,
      resource: resources.configMaps,
      fieldSelector: `metadata.name=${rootCaName}`,
    }),
    tokenSecrets: createInformer<Secret>({
      ...shared,
      resource: resources.secrets,
      fieldSelector: `type=${secretTypes.serviceAccountToken}`,
    }),
  }
}

function createControllers(deps: {
  readonly client: ApiClient
  readonly informers: ReturnType<typeof createInformers>
  readonly options: Options
  readonly log: Logger
  readonly rootCaPem: string
  readonly signer: ReturnType<typeof signerFromFile> | undefined
  readonly discover: () => Promise<readonly DiscoveredResource[]>
}): Controller[] {
  const { client, informers, options, log, rootCaPem, signer, discover } = deps
  const { namespaces, defaultAccounts, rootCaConfigMaps: configMaps, tokenSecrets: secrets } = informers
  const serviceAccountClient = resourceClient<ServiceAccount>(client, resources.serviceAccounts)
  const controllers = [
    clusterRoleAggregationController({
      clusterRoles: informers.clusterRoles,
      client: resourceClient<ClusterRole>(client, resources.clusterRoles),
      log,
    }),
    defaultServiceAccountController({
      namespaces,
      defaultAccounts,
      client: serviceAccountClient,
      workers: smallWorkers,
      log,
    }),
    rootCaPublisher({
      namespaces,
      configMaps,
      client: resourceClient<ConfigMap>(client, resources.configMaps),
      rootCaPem,
      workers: smallWorkers,
      log,
    }),
    namespaceController({
      namespaces,
      client: resourceClient<Namespace>(client, resources.namespaces),
      content: namespaceContent({
        client,
        discover,
        now: () => systemClock.now(),
      }),
      workers: options['concurrent-namespace-syncs'],
      clock: systemClock,
      log,
    }),
  ]
  if (!signer) {
    log.warn('Secrets get no tokens: there is no --service-account-private-key-file')
    return controllers
  }
  const tokens = tokenSecretsController({
    client,
    secrets,
    serviceAccountClient,
    secretClient: resourceClient<Secret>(client, resources.secrets),
    signer,
    rootCaPem,
    workers: options['concurrent-serviceaccount-token-syncs'],
    log,
  })
  return [...controllers, tokens]
}
