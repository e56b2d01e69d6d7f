import { decodeJson } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { type Pod, PodSchema } from '../../generated/core-v1.ts'
import { withPodDefaults } from './pod-defaults.ts'
import { qualityOfService } from './pod-quality.ts'

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
    [`a@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
    [`a:latest@sha256:${'0'.repeat(64)}`, 'Always'],
    ['No Image', 'IfNotPresent'],
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

test.each<[object, object, string]>([
  [{ limits: { cpu: '1', memory: '1Gi' } }, {}, 'Guaranteed'],
  [{ limits: { cpu: '1' } }, { limits: { cpu: '1', memory: '1Gi' } }, 'Burstable'],
  [{ claims: [] }, { limits: { cpu: '1', memory: '1Gi' } }, 'BestEffort'],
])('resources %j of the pod hide those of its containers: %s', (resources, own, quality) => {
  const spec = { resources, containers: [{ name: 'c', image: 'a:1', resources: own }] }
  expect(qualityOfService(pod(spec).spec)).toBe(quality)
})

describe('a pod that asks for resources as a whole', () => {
  const containers = [{ name: 'a', image: 'a:1', resources: { requests: { cpu: '1' } } }]
  const sidecar = { name: 's', image: 'a:1', restartPolicy: 'Always', resources: { requests: { cpu: '100m' } } }
  const first = { name: 'i', image: 'a:1', resources: { requests: { cpu: '2' } } }

  test('requests what its containers do, or what it is limited to', () => {
    expect(pod({ containers, resources: { limits: { cpu: '4', memory: '1Gi' } } }).spec.resources).toEqual({
      limits: { cpu: '4', memory: '1Gi' },
      requests: { cpu: '1', memory: '1Gi' },
    })
  })

  test('counts what starts it, beside the sidecars', () => {
    const initContainers = [sidecar, first]
    expect(pod({ containers, initContainers, resources: { limits: { cpu: '4' } } }).spec.resources?.requests).toEqual({
      cpu: '2100m',
    })
  })

  test('is limited in pages to those of its containers', () => {
    const resources = { limits: { 'hugepages-2Mi': '4Mi' } }
    expect(
      pod({ containers: [{ name: 'a', image: 'a:1', resources }], resources: { requests: { cpu: '1' } } }).spec
        .resources,
    ).toEqual({ limits: { 'hugepages-2Mi': '4Mi' }, requests: { cpu: '1', 'hugepages-2Mi': '4Mi' } })
  })
})

test('amounts are rounded up to thousandths', () => {
  expect(container({ resources: { limits: { cpu: '1n', memory: '1.5' } } }).spec.containers?.[0]?.resources).toEqual({
    limits: { cpu: '1m', memory: '1500m' },
    requests: { cpu: '1m', memory: '1500m' },
  })
})

test("on its node's network a pod has the ports of the node", () => {
  const containers = [{ name: 'c', image: 'a:1', ports: [{ containerPort: 80 }] }]
  expect(pod({ hostNetwork: true, containers }).spec.containers?.[0]?.ports).toEqual([
    { containerPort: 80, hostPort: 80, protocol: 'TCP' },
  ])
})

test('a pod takes at least a second to stop when it is given less than none', () => {
  expect(pod({ terminationGracePeriodSeconds: -5 }).spec.terminationGracePeriodSeconds).toBe(1)
})

test.each<[object, object]>([
  [{}, { emptyDir: {} }],
  [{ secret: {} }, { secret: { defaultMode: 420 } }],
  [{ hostPath: { path: '/a' } }, { hostPath: { path: '/a', type: '' } }],
  [{ image: { reference: 'a' } }, { image: { reference: 'a', pullPolicy: 'Always' } }],
  [
    { azureDisk: { diskName: 'd', diskURI: 'u' } },
    {
      azureDisk: {
        diskName: 'd',
        diskURI: 'u',
        cachingMode: 'ReadWrite',
        fsType: 'ext4',
        readOnly: false,
        kind: 'Shared',
      },
    },
  ],
  [
    { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
    {
      downwardAPI: {
        items: [{ path: 'a', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }],
        defaultMode: 420,
      },
    },
  ],
  [
    { projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
    { projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }], defaultMode: 420 } },
  ],
])('the volume %j is taken to be %j', (volume, full) => {
  expect(pod({ volumes: [{ name: 'v', ...volume }] }).spec.volumes).toEqual([{ name: 'v', ...full }])
})

test('annotations of init containers are of the past', () => {
  const { metadata, spec } = pod({})
  const annotations = { 'pod.beta.kubernetes.io/init-containers': '[]', a: 'b' }
  expect(withPodDefaults({ metadata: { ...metadata, annotations }, spec, status: {} }).metadata.annotations).toEqual({
    a: 'b',
  })
})
