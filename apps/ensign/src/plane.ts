/** The three services in one process. Between them it is gRPC, as it is between processes. */
import { type ApiserverOptions, apiserverFlags } from '@ensign/apiserver/src/options.ts'
import {
  type Options as ControllerManagerOptions,
  flags as controllerManagerFlags,
} from '@ensign/controller-manager/src/options.ts'
import { flags as oidcDiscoveryFlags } from '@ensign/oidc-discovery/src/options.ts'
import { type Logger, optionsFrom, warnOfExposedKeys } from '@ensign/process'
import { parseStoreUrl } from '@ensign/store'
import type { Place } from './place.ts'
import { apiserverOptions, controllerManagerOptions, oidcDiscoveryOptions } from './service-options.ts'
import type { PlaneState } from './state.ts'

export interface Plane {
  /** Stops the services, those that ask first. */
  close(): Promise<void>
}

/**
 * Starts everything, and waits until the API answers from loaded caches.
 * @param chosen options of the apiserver beside those that follow from place and state.
 * @param controllers likewise of the controller-manager.
 * @throws UserError when one of them cannot start; the others are stopped again.
 */
export async function startPlane(
  place: Place,
  state: PlaneState,
  chosen: Partial<ApiserverOptions>,
  log: Logger,
  controllers: Partial<ControllerManagerOptions> = {},
): Promise<Plane> {
  const started: { close(): Promise<void> }[] = []
  const close = async () => {
    for (const service of started.toReversed()) await service.close()
  }
  try {
    const apiserver = await (await import('@ensign/apiserver/src/compose.ts')).compose(
      optionsFrom(apiserverFlags, { ...chosen, ...apiserverOptions(place, state) }),
      log.with({ service: 'apiserver' }),
    )
    started.push(apiserver)
    warnOfExposedKeys(otherSecrets(place, state), log)
    const startControllers = async () => {
      const { compose } = await import('@ensign/controller-manager/src/compose.ts')
      const options = optionsFrom(controllerManagerFlags, { ...controllers, ...controllerManagerOptions(place, state) })
      const manager = await compose(options, log.with({ service: 'controller-manager' }))
      started.push(manager)
      await manager.whenReady()
    }
    const startDiscovery = async () => {
      const { compose } = await import('@ensign/oidc-discovery/src/compose.ts')
      const options = optionsFrom(oidcDiscoveryFlags, oidcDiscoveryOptions(place, state))
      started.push(await compose(options, log.with({ service: 'oidc-discovery' })))
    }
    // All of them to their end, so that what started beside a failure is stopped too.
    const outcomes = await Promise.allSettled([startControllers(), startDiscovery(), apiserver.whenReady()])
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    return { close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Files that no service is told of as a key. */
function otherSecrets(place: Place, { adminKubeconfig, pki }: PlaneState): Record<string, string> {
  const store = parseStoreUrl(place.storeUrl)
  return {
    'administrator kubeconfig': adminKubeconfig,
    'administrator key': pki.clients.admin.privateKeyFile,
    ...(store.kind === 'sqlite' && { 'object store': store.path }),
  }
}
