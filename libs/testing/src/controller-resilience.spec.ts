/** Informers and leader election against a real API server: what happens when one side goes away. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigMap } from '@ensign/api'
import { type ApiClient, type Change, createInformer, runElected } from '@ensign/controller'
import { createChannel, createObjectClient, type RpcChannel } from '@ensign/rpc'
import { afterEach, describe, expect, test } from 'vitest'
import { startTestPlane, type TestPlane } from './plane.ts'

const configMaps = { group: '', version: 'v1', resource: 'configmaps' }

const channels: RpcChannel[] = []
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close()
})

/** What a controller manager of this plane would have. */
function clientOf(plane: TestPlane): ApiClient {
  const { certificatePem, privateKeyPem } = plane.state.pki.clients.controllerManager
  const channel = createChannel({
    address: `127.0.0.1:${plane.place.ports.grpc}`,
    tls: { authorityPem: plane.caPem, certificatePem, privateKeyPem },
    userAgent: 'test',
  })
  channels.push(channel)
  return createObjectClient(channel)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('an informer', () => {
  test('has what the server has, tells each change once, and goes on after the server was gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ensign-informer-'))
    const place = { dir: folder, 'store-url': `sqlite:${join(folder, 'store.db')}` }
    const abort = new AbortController()
    let plane = await startTestPlane({ place })
    const { rest: port, grpc, oidc } = plane.place.ports
    try {
      const seen: string[] = []
      const tell = ({ type, object }: Change<ConfigMap>) => seen.push(`${type} ${object.metadata.name}`)
      const maps = '/api/v1/namespaces/default/configmaps'
      const admin = plane.client()
      // The namespaces of a new plane come a moment after its API.
      await until(async () => (await admin.post(maps, { metadata: { name: 'before' } })).status === 201)
      const informer = createInformer<ConfigMap>({
        client: clientOf(plane),
        resource: configMaps,
        namespace: 'default',
        fieldSelector: 'metadata.name!=kube-root-ca.crt',
        freeze: true,
      })
      informer.subscribe(tell)
      const running = informer.run(abort.signal)
      await informer.whenSynced(abort.signal)
      expect(informer.lister.get('default', 'before')?.metadata.uid).toBeDefined()
      await admin.post(maps, { metadata: { name: 'a' } })
      await admin.patch(`${maps}/a`, { data: { x: '1' } })
      await admin.delete(`${maps}/a`)
      await until(() => seen.length === 4)
      expect(seen).toEqual(['added before', 'added a', 'updated a', 'deleted a'])
      const known = informer.lister.get('default', 'before')
      expect(() => Object.assign(known?.metadata ?? {}, { name: 'other' })).toThrow(TypeError)

      await plane[Symbol.asyncDispose]()
      plane = await startTestPlane({ place: { ...place, port, 'grpc-port': grpc, 'oidc-port': oidc } })
      const later = plane.client()
      await later.post(maps, { metadata: { name: 'b' } })
      await later.delete(`${maps}/before`)
      await until(() => seen.length === 6)
      expect(seen.slice(4)).toEqual(['added b', 'deleted before'])
      expect(informer.lister.list('default').map(({ metadata }) => metadata.name)).toEqual(['b'])

      // Who comes later hears of what is there.
      const heard: string[] = []
      informer.subscribe(({ type, object }) => heard.push(`${type} ${object.metadata.name}`))
      expect(heard).toEqual(['added b'])
      abort.abort()
      await running
    } finally {
      abort.abort()
      await plane[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    }
  }, 20_000)
})

describe('leader election', () => {
  const timings = { leaseMs: 2000, renewMs: 1500, retryMs: 100 }

  /** Somebody who campaigns, and can stop in order or go silent. */
  function campaign(client: ApiClient, identity: string, working: string[]) {
    const stop = new AbortController()
    const done = runElected(
      {
        client,
        namespace: 'default',
        name: 'test',
        identity,
        timings,
        async lead(signal) {
          working.push(identity)
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          working.splice(working.indexOf(identity), 1)
        },
      },
      stop.signal,
    )
    return { stop: () => stop.abort(), done }
  }

  test('one works at a time; who stops in order is followed at once', async () => {
    await using plane = await startTestPlane()
    const admin = plane.client()
    const working: string[] = []
    const first = campaign(clientOf(plane), 'first', working)
    await until(() => working.length === 1)
    const second = campaign(clientOf(plane), 'second', working)
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/test'
    const { body } = await admin.get(path)
    expect(body.spec).toMatchObject({ holderIdentity: 'first', leaseDurationSeconds: 2, leaseTransitions: 0 })
    expect(body.spec.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    // Renewed for longer than the lease lasts, and nobody else has begun.
    await until(
      async () => Date.parse((await admin.get(path)).body.spec.renewTime) > Date.parse(body.spec.acquireTime) + 2200,
    )
    expect(working).toEqual(['first'])

    first.stop()
    await first.done
    expect(working).not.toContain('first')
    await until(() => working.includes('second'))
    const { body: after } = await admin.get(path)
    expect(after.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 })
    second.stop()
    await second.done
    expect((await admin.get(path)).body.spec.holderIdentity ?? '').toBe('')
  }, 20_000)

  test('a leader that cannot renew stops working, and another takes over when the lease has ended', async () => {
    await using plane = await startTestPlane()
    const working: string[] = []
    const lonely = clientOf(plane)
    const first = campaign(lonely, 'first', working)
    await until(() => working.length === 1)
    const second = campaign(clientOf(plane), 'second', working)
    // The connection of the first one, and with it every further call.
    channels[0]?.close()
    await until(() => working.includes('second'))
    expect(working).toEqual(['second'])
    first.stop()
    second.stop()
    await Promise.all([first.done, second.done])
  }, 20_000)

  test('a lease that somebody has deleted is made anew', async () => {
    await using plane = await startTestPlane()
    const admin = plane.client()
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/test'
    const working: string[] = []
    const only = campaign(clientOf(plane), 'only', working)
    await until(() => working.length === 1)
    await admin.delete(path)
    await until(async () => (await admin.get(path)).body.spec?.holderIdentity === 'only')
    expect(working).toEqual(['only'])
    only.stop()
    await only.done
  }, 20_000)
})
