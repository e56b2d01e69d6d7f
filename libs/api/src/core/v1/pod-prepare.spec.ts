import { expect, test } from 'vitest'
import { newPod } from '../../fixtures/pod-causes.ts'

test('a pod starts pending, whatever it said', () => {
  expect(newPod({}).status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
})

test('a pod at a gate says so', () => {
  expect(newPod({ schedulingGates: [{ name: 'g' }] }).status.conditions).toEqual([
    {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    },
  ])
})

test('selectors take in the labels of the pod that they go by', () => {
  const term = {
    topologyKey: 'zone',
    labelSelector: { matchLabels: { app: 'shop' } },
    matchLabelKeys: ['version', 'none'],
    mismatchLabelKeys: ['tenant'],
  }
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
  const { spec } = newPod({ affinity }, { labels: { version: '2', tenant: 'a' } })
  expect(spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.labelSelector).toEqual({
    matchLabels: { app: 'shop' },
    matchExpressions: [
      { key: 'version', operator: 'In', values: ['2'] },
      { key: 'tenant', operator: 'NotIn', values: ['a'] },
    ],
  })
})

test('what waits for a feature gate is dropped', () => {
  const { spec } = newPod({
    schedulingGroup: { podGroupName: 'g' },
    containers: [{ name: 'c', image: 'a:1', lifecycle: { stopSignal: 'SIGTERM' } }],
    volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: { path: 'p', name: 'b' } }] } }],
  })
  expect(spec).not.toHaveProperty('schedulingGroup')
  expect(spec.containers?.[0]).not.toHaveProperty('lifecycle')
  expect(spec.volumes?.[0]?.projected?.sources).toEqual([{}])
})

test.each<[string, object, object | undefined, number]>([
  ['runtime/default', {}, { type: 'RuntimeDefault' }, 1],
  ['localhost/mine', {}, { type: 'Localhost', localhostProfile: 'mine' }, 1],
  ['unconfined', { securityContext: { appArmorProfile: { type: 'Unconfined' } } }, undefined, 0],
  ['odd', {}, undefined, 1],
  ['runtime/default', { os: { name: 'windows' } }, undefined, 0],
])('the AppArmor annotation %s becomes a field', (annotation, spec, profile, warned) => {
  const warnings: string[] = []
  const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': annotation }
  const pod = newPod(spec, { annotations }, warnings)
  expect(pod.spec.containers?.[0]?.securityContext?.appArmorProfile).toEqual(profile)
  expect(warnings).toEqual(
    Array.from(
      { length: warned },
      () =>
        'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
    ),
  )
})
