import { fieldErrorBody, type IpFamily, StatusError } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import type { Service } from '../../generated/core-v1.ts'
import { services } from './service.ts'
import { allocateService, type ServiceAllocator } from './service-allocation.ts'

type Spec = Partial<Service['spec']>

const port = { port: 80, targetPort: 80 }
const service = (spec: Spec): Service =>
  services.defaults?.({ metadata: { name: 's', namespace: 'n' }, spec, status: {} } as Service) as Service

/** Gives addresses and ports in order. */
function allocator(families: readonly IpFamily[] = ['IPv4']): ServiceAllocator {
  let given = 0
  return {
    families,
    address: (family, wanted) => ({ value: wanted ?? (family === 'IPv4' ? `10.0.0.${++given}` : `fd00::${++given}`) }),
    nodePort: (wanted) => (wanted === 1 ? { problem: 'taken' } : { value: wanted ?? 30_000 + ++given }),
  }
}

const made = (spec: Spec, families?: readonly IpFamily[]): Service['spec'] =>
  allocateService(service(spec), undefined, allocator(families)).spec

function changed(spec: Spec, change: Spec): Service['spec'] {
  const old = { ...service(spec), spec: made(spec) }
  const next = services.defaults?.({ ...old, spec: { ...old.spec, ...change } }) as Service
  const allocated = allocateService(next, old, allocator())
  const context = { user: { username: 'u', groups: [] }, now: 0, warn: () => {} }
  return services.prepareForUpdate?.(allocated, old, context).spec as Service['spec']
}

const problems = (spec: Spec): string[] =>
  (services.validate?.({ ...service(spec), spec: made(spec) }) ?? []).map((e) => `${e.field}: ${fieldErrorBody(e)}`)

describe('a new service', () => {
  test('gets an address, a family and a policy', () => {
    expect(made({ ports: [port] })).toMatchObject({
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    })
  })

  test('of both families gets two addresses where there are two ranges', () => {
    const spec = made({ ports: [port], ipFamilyPolicy: 'RequireDualStack' }, ['IPv6', 'IPv4'])
    expect(spec).toMatchObject({ ipFamilies: ['IPv6', 'IPv4'], clusterIPs: ['fd00::1', '10.0.0.2'] })
    expect(() => made({ ports: [port], ipFamilyPolicy: 'RequireDualStack' })).toThrow(
      'this cluster is not configured for dual-stack services',
    )
  })

  test('that names something outside gets none', () => {
    expect(made({ type: 'ExternalName', externalName: 'a.example' })).not.toHaveProperty('clusterIP')
  })

  test('shares the port of a node between protocols', () => {
    const { ports } = made({
      type: 'NodePort',
      ports: [
        { ...port, name: 'a' },
        { ...port, name: 'b', protocol: 'UDP' },
      ],
    })
    expect(new Set(ports?.map((p) => p.nodePort)).size).toBe(1)
  })

  test('hears why it does not get what it asks for', () => {
    const spec: Spec = { type: 'NodePort', ports: [{ ...port, nodePort: 1 }] }
    expect(() => made(spec)).toThrow(StatusError)
    expect(() => made(spec)).toThrow('spec.ports[0].nodePort: Invalid value: 1: taken')
  })

  test.each<[Spec, string[]]>([
    [{ ports: [port] }, []],
    [{}, ['spec.ports: Required value']],
    [
      { ports: [port], type: 'LoadBalancer', clusterIP: 'None' },
      ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for LoadBalancer services'],
    ],
    [
      { ports: [port], externalTrafficPolicy: 'Local' },
      ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
    ],
    [
      { ports: [port], externalIPs: ['127.0.0.1'] },
      ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ],
    [
      { ports: [port], loadBalancerSourceRanges: ['10.0.0.1/8'] },
      [
        "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
        'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length',
      ],
    ],
  ])('is checked (%#)', (spec, expected) => {
    expect(problems(spec)).toEqual(expected)
  })
})

describe('a changed service', () => {
  test('keeps what it was given when the client does not name it', () => {
    const spec: Spec = { type: 'NodePort', ports: [{ ...port, name: 'a' }] }
    const { clusterIP, ports } = made(spec)
    const again = changed(spec, { clusterIP: '', clusterIPs: [], ports: [{ ...port, name: 'a' }] })
    expect(again).toMatchObject({ clusterIP, ports: [{ nodePort: ports?.[0]?.nodePort }] })
  })

  test('loses what its new type has no use for', () => {
    const spec = changed({ type: 'NodePort', ports: [port] }, { type: 'ExternalName', externalName: 'a.example' })
    expect(spec).not.toHaveProperty('clusterIP')
    expect(spec).not.toHaveProperty('ipFamilies')
    expect(spec).not.toHaveProperty('externalTrafficPolicy')
    expect(spec.ports?.[0]).not.toHaveProperty('nodePort')
  })

  test('may not change its address', () => {
    const old = { ...service({ ports: [port] }), spec: made({ ports: [port] }) }
    const next = { ...old, spec: { ...old.spec, clusterIP: '10.0.0.9', clusterIPs: ['10.0.0.9'] } }
    expect(services.validateUpdate?.(next, old).map((e) => `${e.field}: ${e.detail}`)).toEqual([
      'spec.clusterIPs[0]: may not change once set',
    ])
  })
})
