/** One stream of events in two API groups, through the whole plane. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

let plane: TestPlane
let admin: ApiClient
const core = '/api/v1/namespaces/default/events'
const newer = '/apis/events.k8s.io/v1/namespaces/default/events'
const merge = 'application/merge-patch+json'

beforeAll(async () => {
  plane = await startTestPlane()
  admin = plane.client()
})
afterAll(async () => {
  await plane[Symbol.asyncDispose]()
})

const regarding = { kind: 'Pod', namespace: 'default', name: 'p', apiVersion: 'v1' }
const event = (name: string) => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name },
  eventTime: '2026-01-02T03:04:05.678901Z',
  reportingController: 'example.com/tester',
  reportingInstance: 'tester-1',
  action: 'Testing',
  reason: 'Started',
  regarding,
  note: 'it runs',
  type: 'Normal',
})
const coreEvent = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name },
  involvedObject: regarding,
  reason: 'Old',
  message: 'words',
  source: { component: 'x' },
  count: 4,
  firstTimestamp: '2026-01-02T03:04:05Z',
  lastTimestamp: '2026-01-02T03:05:05Z',
  type: 'Normal',
})

describe('an event', () => {
  test('written in one group is read in the other, with the same identity', async () => {
    const { body: made } = await admin.post(newer, event('there'))
    const { body } = await admin.get(`${core}/there`)
    expect(body).toMatchObject({
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { uid: made.metadata.uid, resourceVersion: made.metadata.resourceVersion },
      involvedObject: regarding,
      message: 'it runs',
      reportingComponent: 'example.com/tester',
    })
    expect(body).not.toHaveProperty('note')
  })

  test('loses nothing on the way there and back', async () => {
    const { body: made } = await admin.post(core, coreEvent('back'))
    const { body: shown } = await admin.get(`${newer}/back`)
    expect(shown).toMatchObject({ deprecatedCount: 4, note: 'words', deprecatedSource: { component: 'x' } })
    const { body: labelled } = await admin.patch(`${newer}/back`, { metadata: { labels: { a: 'b' } } }, merge)
    expect(labelled).toMatchObject({ apiVersion: 'events.k8s.io/v1', metadata: { labels: { a: 'b' } } })
    const { body: after } = await admin.get(`${core}/back`)
    const { metadata: _, ...content } = after
    const { metadata: __, ...before } = made
    expect(content).toEqual(before)
  })

  test('stands in the lists of both, each in its own form', async () => {
    await admin.post(newer, event('listed'))
    const named = async (path: string) => (await admin.get(path)).body
    const one = await named(`${newer}?fieldSelector=metadata.name%3Dlisted,regarding.name%3Dp`)
    expect(one).toMatchObject({ kind: 'EventList', apiVersion: 'events.k8s.io/v1', items: [{ note: 'it runs' }] })
    expect(one.items[0]).not.toHaveProperty('kind')
    const other = await named(`${core}?fieldSelector=metadata.name%3Dlisted,involvedObject.name%3Dp`)
    expect(other).toMatchObject({ kind: 'EventList', apiVersion: 'v1', items: [{ message: 'it runs' }] })
  })

  test('is watched in either group, in its form', async () => {
    const { body: list } = await admin.get(newer)
    const { resourceVersion } = list.metadata
    await admin.post(core, coreEvent('watched'))
    const query = `watch=true&resourceVersion=${resourceVersion}&timeoutSeconds=1&fieldSelector=metadata.name%3Dwatched`
    const seen = async (path: string) => (await admin.get(`${path}?${query}`)).body
    expect(await seen(newer)).toMatchObject({
      type: 'ADDED',
      object: { apiVersion: 'events.k8s.io/v1', note: 'words' },
    })
    expect(await seen(core)).toMatchObject({ type: 'ADDED', object: { apiVersion: 'v1', message: 'words' } })
  })

  test('may only grow a series when it is changed through events.k8s.io', async () => {
    await admin.post(newer, event('fixed'))
    const refused = await admin.patch(`${newer}/fixed`, { note: 'other', regarding: { name: 'q' } }, merge)
    expect(refused).toMatchObject({
      status: 422,
      body: {
        message:
          'Event "fixed" is invalid: [involvedObject: Invalid value: {"Kind":"Pod","Namespace":"default","Name":"q","UID":"","APIVersion":"v1","ResourceVersion":"","FieldPath":""}: field is immutable, message: Invalid value: "other": field is immutable]',
      },
    })
    const series = { count: 2, lastObservedTime: '2026-01-02T03:05:05.000000Z' }
    expect(await admin.patch(`${newer}/fixed`, { series }, merge)).toMatchObject({ status: 200, body: { series } })
    expect(await admin.patch(`${core}/fixed`, { message: 'other' }, merge)).toMatchObject({ status: 200 })
  })
})

describe('owners of its fields', () => {
  test('are kept in the form in which each wrote', async () => {
    await admin.post(`${newer}?fieldManager=new`, event('owned'))
    await admin.patch(`${core}/owned?fieldManager=old`, { message: 'changed' }, merge)
    const { body } = await admin.get(`${newer}/owned`)
    const owned = body.metadata.managedFields.map((m: { manager: string; apiVersion: string; fieldsV1: object }) => [
      m.manager,
      m.apiVersion,
      Object.keys(m.fieldsV1).some((f) => f === 'f:note' || f === 'f:message'),
    ])
    expect(owned.toSorted()).toEqual([
      ['new', 'events.k8s.io/v1', false],
      ['old', 'v1', true],
    ])
  })

  test('keep in one group what another manager owns in the other', async () => {
    const type = 'application/apply-patch+yaml'
    const head = { kind: 'Event', metadata: { name: 'shared' } }
    const asCore = { apiVersion: 'v1', ...head, involvedObject: regarding, message: 'same', reason: 'Why' }
    await admin.patch(`${core}/shared?fieldManager=one`, asCore, type)
    const asNewer = { apiVersion: 'events.k8s.io/v1', ...head, note: 'same' }
    expect(await admin.patch(`${newer}/shared?fieldManager=two`, asNewer, type)).toMatchObject({ status: 200 })
    const less = { apiVersion: 'v1', ...head, involvedObject: regarding }
    const { body } = await admin.patch(`${core}/shared?fieldManager=one`, less, type)
    expect(body).toMatchObject({ message: 'same' })
    expect(body).not.toHaveProperty('reason')
  })

  test('conflict across the groups', async () => {
    await admin.post(`${core}?fieldManager=old`, coreEvent('fought'))
    const config = { apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: 'fought' }, note: 'mine' }
    const refused = await admin.patch(`${newer}/fought?fieldManager=me`, config, 'application/apply-patch+yaml')
    expect(refused).toMatchObject({ status: 409, body: { details: { causes: [{ field: '.message' }] } } })
  })
})
