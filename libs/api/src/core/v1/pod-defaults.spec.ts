import { decodeJson } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { type Pod, PodSchema } from '../../generated/core-v1.ts'
import { withPodDefaults } from './pod-defaults.ts'
import { qualityOfService } from './pod-quality.ts'
import { podErrors } from './pod-validation.ts'

const pod = (spec: object): Pod =>
  withPodDefaults(
    decodeJson<Pod>(PodSchema, {
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'a:1' }], ...spec },
    }),
  )
const container = (more: object): Pod => pod({ containers: [{ name: 'c', image: 'a:1', ...more }] })

describe('a pod that says little', () => {
  test('is taken to say the usual', () => {
    expect(pod({}).spec).toMatchObject({
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
      enableServiceLinks: true,
    })
    expect(pod({}).spec.containers?.[0]).toMatchObject({
      imagePullPolicy: 'IfNotPresent',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    })
  })

  test.each([
    ['a', 'Always'],
    ['a:latest', 'Always'],
    ['host:5000/a', 'Always'],
    ['a:1', 'IfNotPresent'],
    ['a@sha256:0', 'IfNotPresent'],
  ])('pulls the image %s: %s', (image, policy) => {
    expect(container({ image }).spec.containers?.[0]?.imagePullPolicy).toBe(policy)
  })

  test('has one account under both of its names', () => {
    expect(pod({ serviceAccount: 'old' }).spec).toMatchObject({ serviceAccountName: 'old', serviceAccount: 'old' })
    expect(pod({ serviceAccount: 'old', serviceAccountName: 'new' }).spec).toMatchObject({
      serviceAccountName: 'new',
      serviceAccount: 'new',
    })
  })
})

test.each([
  [{}, 'BestEffort'],
  [{ requests: { cpu: '1' } }, 'Burstable'],
  [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }, 'Guaranteed'],
  [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }, 'Burstable'],
  [{ limits: { cpu: '0' } }, 'BestEffort'],
])('resources %j make it %s', (resources, quality) => {
  expect(qualityOfService(container({ resources }).spec)).toBe(quality)
})

test.each<[string, Pod, string]>([
  ['no containers', pod({ containers: [] }), 'spec.containers'],
  ['no image', pod({ containers: [{ name: 'c' }] }), 'spec.containers[0].image'],
  [
    'a name twice',
    pod({
      containers: [
        { name: 'c', image: 'a' },
        { name: 'c', image: 'a' },
      ],
    }),
    'spec.containers[1].name',
  ],
  [
    'more requested than allowed',
    container({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }),
    'spec.containers[0].resources.requests',
  ],
  ['an unknown restart policy', pod({ restartPolicy: 'Sometimes' }), 'spec.restartPolicy'],
  [
    'a token that lives too short',
    pod({
      serviceAccountName: 'a',
      volumes: [
        { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 599 } }] } },
      ],
    }),
    'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds',
  ],
])('%s is an error at its place', (_, wrong, field) => {
  expect(podErrors(wrong).map((e) => e.field)).toEqual([field])
})
