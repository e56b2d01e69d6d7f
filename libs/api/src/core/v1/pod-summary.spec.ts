import { decodeJson } from '@ensign/apimachinery'
import { expect, test } from 'vitest'
import { type Pod, PodSchema } from '../../generated/core-v1.ts'
import { podSummary } from './pod-summary.ts'

const pod = (status: object, { spec = {}, metadata = {} }: { spec?: object; metadata?: object } = {}): Pod =>
  decodeJson<Pod>(PodSchema, {
    metadata: { name: 'p', ...metadata },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], ...spec },
    status: { phase: 'Running', ...status },
  })

const running = { running: {} }
const ended = (exitCode: number, reason?: string) => ({ terminated: { exitCode, ...(reason && { reason }) } })
const waiting = (reason: string) => ({ waiting: { reason } })
const of = (...states: object[]) => states.map((state, i) => ({ name: 'ab'[i], ready: 'running' in state, state }))
const ready = [{ type: 'Ready', status: 'True' }]
const init = { spec: { initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }] } }

test.each<[string, object, { spec?: object; metadata?: object }, string]>([
  ['its phase', { phase: 'Pending' }, {}, '0/2 Pending'],
  ['the reason of its phase', { phase: 'Failed', reason: 'Evicted' }, {}, '0/2 Evicted'],
  [
    'that it waits at a gate',
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    {},
    '0/2 SchedulingGated',
  ],
  [
    'what a container waits for',
    { containerStatuses: of(waiting('ImagePullBackOff'), running) },
    {},
    '1/2 ImagePullBackOff',
  ],
  ['how a container ended', { containerStatuses: of(ended(3), ended(0, 'Completed')) }, {}, '0/2 ExitCode:3'],
  ['that some run on', { containerStatuses: of(ended(0, 'Completed'), running), conditions: ready }, {}, '1/2 Running'],
  ['that those are not ready', { containerStatuses: of(ended(0, 'Completed'), running) }, {}, '1/2 NotReady'],
  [
    'a failure rather than an end',
    { containerStatuses: of(ended(0, 'Completed'), ended(1, 'Error')) },
    {},
    '0/2 Error',
  ],
  [
    'how far its start is',
    { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: running }] },
    init,
    '0/3 Init:0/2',
  ],
  ['why its start fails', { initContainerStatuses: [{ name: 'i', state: ended(1, 'Error') }] }, init, '0/3 Init:Error'],
  [
    'its sidecars among those that are ready',
    {
      initContainerStatuses: [
        { name: 'i', state: ended(0) },
        { name: 's', state: running, started: true, ready: true },
      ],
      containerStatuses: of(running, running),
    },
    init,
    '3/3 Running',
  ],
  ['that it ends', {}, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, '0/2 Terminating'],
  [
    'its end once that has come',
    { phase: 'Succeeded' },
    { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
    '0/2 Succeeded',
  ],
  [
    'that its node is lost',
    { reason: 'NodeLost' },
    { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
    '0/2 Unknown',
  ],
])('a pod shows %s', (_, status, more, shown) => {
  const summary = podSummary(pod(status, more))
  expect(`${summary.ready}/${summary.total} ${summary.status}`).toBe(shown)
})

test('restarts of init containers count only until all have started', () => {
  const finishedAt = (time: string) => ({ terminated: { exitCode: 1, finishedAt: time } })
  const initContainerStatuses = [
    { name: 'i', restartCount: 2, lastState: finishedAt('2026-01-01T00:00:00Z'), state: ended(0) },
    { name: 's', restartCount: 1, lastState: finishedAt('2026-01-02T00:00:00Z'), state: running, started: true },
  ]
  const containerStatuses = [{ name: 'a', restartCount: 4, state: running }]
  expect(podSummary(pod({ initContainerStatuses, containerStatuses }, init))).toMatchObject({
    restarts: 5,
    lastRestart: '2026-01-02T00:00:00Z',
  })
  const still = [{ ...initContainerStatuses[0], state: running }]
  expect(podSummary(pod({ initContainerStatuses: still, containerStatuses }, init))).toMatchObject({ restarts: 2 })
})
