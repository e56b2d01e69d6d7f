import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiserverOptions } from '@ensign/apiserver/src/options.ts'
import type { Options as ControllerManagerOptions } from '@ensign/controller-manager/src/options.ts'
import { type Place, placeOf } from '@ensign/ensign/src/place.ts'
import { startPlane } from '@ensign/ensign/src/plane.ts'
import { type PlaneState, prepareState } from '@ensign/ensign/src/state.ts'
import { type PlaceOptions, placeFlags } from '@ensign/ensign/src/up-options.ts'
import { createLogger, type LogLevel, optionsFrom } from '@ensign/process'
import { type ApiClient, apiClient, type Identity } from './api-client.ts'

/** A whole plane, its three services included, in this process. */
export interface TestPlane extends AsyncDisposable {
  /** `https://127.0.0.1:PORT` of the REST API. */
  readonly server: string
  readonly issuer: string
  readonly caPem: string
  readonly adminKubeconfig: string
  readonly place: Place
  readonly state: PlaneState
  /** Requests as somebody; as the administrator when nobody is named. */
  client(identity?: Identity): ApiClient
  /** Requests of the administrator in the name of another user. */
  clientAs(user: string, groups?: readonly string[]): ApiClient
}

/** Starts a plane on free ports and a folder of its own, with objects in memory unless told otherwise. */
export async function startTestPlane(
  options: {
    place?: Partial<PlaceOptions>
    apiserver?: Partial<ApiserverOptions>
    controllerManager?: Partial<ControllerManagerOptions>
    /** Least severe lines to print. */
    logLevel?: LogLevel
  } = {},
): Promise<TestPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'ensign-plane-'))
  const defaults = { dir: folder, port: 0, 'store-url': 'memory:', 'signing-algorithm': 'ES256' } as const
  const chosen = optionsFrom(placeFlags, { ...defaults, ...options.place })
  const place = await placeOf(chosen)
  const algorithm = chosen['signing-algorithm']
  const { altNames, server } = place
  const state = await prepareState({ folder: chosen.dir, algorithm, altNames, server })
  const log = createLogger({
    write: (line) => process.stderr.write(line),
    format: 'text',
    level: options.logLevel ?? 'error',
  })
  const plane = await startPlane(place, state, options.apiserver ?? {}, log, options.controllerManager)
  const caPem = state.pki.authority.certificatePem
  const clients: ApiClient[] = []
  const clientOf = (identity: Identity, headers?: Record<string, string | string[]>): ApiClient => {
    const client = apiClient(server, caPem, identity, headers)
    clients.push(client)
    return client
  }
  const { admin } = state.pki.clients
  return {
    server,
    issuer: place.issuers[0] ?? '',
    caPem,
    adminKubeconfig: state.adminKubeconfig,
    place,
    state,
    client: (identity = admin) => clientOf(identity),
    clientAs: (user, groups = []) =>
      clientOf(admin, { 'impersonate-user': user, ...(groups.length > 0 && { 'impersonate-group': [...groups] }) }),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close()
      await plane.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
