/** The three services as `ensign pki init` prepares them, each a process of its own. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningProgram, startProgram } from '@ensign/testing'
import { expect } from 'vitest'
import { eventually, type PlaneFolder, programOf } from './harness.ts'

export const services = ['apiserver', 'controller-manager', 'oidc-discovery'] as const
export type Service = (typeof services)[number]

export interface ServiceProcesses extends AsyncDisposable {
  start(service: Service): void
  /** Ends it without warning. */
  kill(service: Service): Promise<void>
  /** Another process with the same options. */
  another(service: Service): RunningProgram
}

/** Makes the files, starts all three, and waits until the API is ready. */
export async function startServices(folder: PlaneFolder, ...initArgs: string[]): Promise<ServiceProcesses> {
  const init = startProgram(programOf('ensign'), ['pki', 'init', ...folder.place, ...initArgs], { cwd: tmpdir() })
  expect(await init.ended).toMatchObject({ code: 0 })
  const running = new Map<Service, RunningProgram>()
  const another = (service: Service) => {
    const config = ['--config', join(folder.path, `${service}.json`)]
    const args = [...config, ...(service === 'controller-manager' ? impatient : [])]
    return startProgram(programOf(service), args, { cwd: tmpdir() })
  }
  const processes: ServiceProcesses = {
    another,
    start: (service) => running.set(service, another(service)),
    async kill(service) {
      await running.get(service)?.stop('SIGKILL')
    },
    async [Symbol.asyncDispose]() {
      for (const program of running.values()) await program.stop()
    },
  }
  try {
    for (const service of services) processes.start(service)
    await untilReady(folder)
    return processes
  } catch (error) {
    await processes[Symbol.asyncDispose]()
    throw error
  }
}

export async function untilReady(folder: PlaneFolder): Promise<void> {
  await eventually(
    () => folder.client('anonymous').get('/readyz'),
    ({ status }) => status === 200,
  )
}

/** A Lease that is not renewed is free after seconds instead of a quarter of a minute. */
const impatient = ['lease-duration=3s', 'renew-deadline=2s', 'retry-period=300ms'].map((f) => `--leader-elect-${f}`)

/** Makes a namespace and waits for its account: a token of it, which needs every part of the plane. */
export async function tokenOfNew(folder: PlaneFolder, namespace: string): Promise<string> {
  const admin = folder.client()
  await eventually(
    () => admin.post('/api/v1/namespaces', { metadata: { name: namespace } }),
    ({ status }) => status === 201,
  )
  // A controller manager that was killed still holds its Lease for a while.
  const issued = await eventually(
    () => admin.post(`/api/v1/namespaces/${namespace}/serviceaccounts/default/token`, { spec: {} }),
    ({ status }) => status === 201,
    30_000,
  )
  return issued.body.status.token
}
