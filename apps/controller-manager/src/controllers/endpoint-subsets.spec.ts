import type { Pod, Service } from '@ensign/api'
import { expect, test } from 'vitest'
import { subsetsOf, truncated } from './endpoint-subsets.ts'
import { addressesOf } from './service-endpoints.ts'

const service = (spec: Partial<Service['spec']> = {}) =>
  ({
    metadata: { namespace: 'a', name: 's' },
    spec: {
      clusterIP: '10.96.0.9',
      ipFamilies: ['IPv4'],
      ports: [{ port: 80, protocol: 'TCP', targetPort: 'http' }],
      ...spec,
    },
  }) as Service

function pod(name: string, ips: readonly string[], spec: object = {}, ready = 'True'): Pod {
  const containers = [{ name: 'c', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] }]
  const conditions = [{ type: 'Ready', status: ready }]
  return {
    metadata: { namespace: 'a', name, uid: name },
    spec: { containers, ...spec },
    status: { phase: 'Running', podIP: ips[0], podIPs: ips.map((ip) => ({ ip })), conditions },
  } as unknown as Pod
}

const ipsOf = (subsets: ReturnType<typeof subsetsOf>) =>
  subsets.flatMap(({ addresses }) => addresses.map(({ ip }) => ip))

test('Endpoints of a Service have addresses of its first family', () => {
  const pods = [pod('both', ['10.0.0.1', 'fd00::1']), pod('six', ['fd00::2']), pod('none', [])]
  expect(ipsOf(subsetsOf(service({ ipFamilies: ['IPv4', 'IPv6'] }), pods))).toEqual(['10.0.0.1'])
  expect(ipsOf(subsetsOf(service({ ipFamilies: ['IPv6', 'IPv4'] }), pods))).toEqual(['fd00::1', 'fd00::2'])
  const { ipFamilies: _, ...older } = service().spec
  expect(ipsOf(subsetsOf({ ...service(), spec: { ...older, clusterIP: 'fd00::9' } }, pods))).toEqual([
    'fd00::1',
    'fd00::2',
  ])
  expect(addressesOf(pods[0] as Pod, 'IPv6')).toEqual(['fd00::1'])
})

test('a named target port is found in containers that stay, and with its protocol', () => {
  const port = (name: string, containerPort: number, protocol = 'TCP') => ({ name, containerPort, protocol })
  const udp = { containers: [{ name: 'c', ports: [port('http', 1, 'UDP'), port('http', 2)] }] }
  const sidecar = {
    containers: [{ name: 'c' }],
    initContainers: [
      { name: 'i', ports: [port('http', 3)] },
      { name: 's', restartPolicy: 'Always', ports: [port('http', 4)] },
    ],
  }
  const found = subsetsOf(service(), [pod('udp', ['10.0.0.1'], udp), pod('sidecar', ['10.0.0.2'], sidecar)])
  expect(found.map(({ ports, addresses }) => [addresses[0]?.ip, ports[0]?.port])).toEqual([
    ['10.0.0.1', 2],
    ['10.0.0.2', 4],
  ])
})

test('the order of addresses does not depend on that of pods', () => {
  const pods = ['10.0.0.3', '10.0.0.1', '10.0.0.2'].map((ip) => pod(ip, [ip]))
  expect(subsetsOf(service(), pods)).toEqual(subsetsOf(service(), pods.toReversed()))
})

test('a Service without ports has addresses only when it is headless', () => {
  const { ports: _, ...spec } = service().spec
  expect(subsetsOf({ ...service(), spec }, [pod('p', ['10.0.0.1'])])).toEqual([])
  expect(ipsOf(subsetsOf({ ...service(), spec: { ...spec, clusterIP: 'None' } }, [pod('p', ['10.0.0.1'])]))).toEqual([
    '10.0.0.1',
  ])
})

test('too many addresses are cut off in each group by its share, those that are not ready first', () => {
  const many = (from: number, count: number, containerPort: number, ready: string) =>
    Array.from({ length: count }, (_, i) =>
      pod(
        `p${from + i}`,
        [`10.0.${(from + i) >> 8}.${(from + i) & 255}`],
        {
          containers: [{ name: 'c', ports: [{ name: 'http', containerPort, protocol: 'TCP' }] }],
        },
        ready,
      ),
    )
  const sizes = (pods: readonly Pod[]) => {
    const { subsets, isTruncated } = truncated(subsetsOf(service(), pods), 100)
    return { isTruncated, sizes: subsets.map((s) => [s.addresses?.length ?? 0, s.notReadyAddresses?.length ?? 0]) }
  }
  expect(sizes([...many(0, 60, 1, 'True'), ...many(60, 40, 2, 'False')])).toEqual({
    isTruncated: false,
    sizes: [
      [60, 0],
      [0, 40],
    ],
  })
  expect(sizes([...many(0, 60, 1, 'True'), ...many(60, 30, 1, 'False'), ...many(90, 50, 2, 'False')])).toEqual({
    isTruncated: true,
    sizes: [
      [60, 15],
      [0, 25],
    ],
  })
  expect(sizes([...many(0, 150, 1, 'True'), ...many(150, 51, 2, 'True'), ...many(201, 9, 3, 'False')])).toEqual({
    isTruncated: true,
    sizes: [
      [75, 0],
      [25, 0],
    ],
  })
})
