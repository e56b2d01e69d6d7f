import type { Endpoint, EndpointSlice } from '@ensign/api'
import { describe, expect, test } from 'vitest'
import { type EndpointGroup, endpointKey, planSlices, portsKey, type SliceContent } from './endpoint-slice-plan.ts'

const http = [{ name: 'http', protocol: 'TCP', port: 80 }]

const endpoint = (n: number, ready = true): Endpoint => ({
  addresses: [`10.0.${n >> 8}.${n & 255}`],
  conditions: { ready },
  targetRef: { kind: 'Pod', namespace: 'a', name: `pod-${n}`, uid: `uid-${n}` },
})

const range = (from: number, to: number): Endpoint[] => Array.from({ length: to - from }, (_, i) => endpoint(from + i))

function groupsOf(endpoints: readonly Endpoint[], ports = http): Map<string, EndpointGroup> {
  return new Map([[portsKey(ports), { ports, endpoints: new Map(endpoints.map((e) => [endpointKey(e), e])) }]])
}

/** Slices as the plan leaves them. */
function carryOut(existing: readonly EndpointSlice[], groups: Map<string, EndpointGroup>, max = 100) {
  const plan = planSlices(existing, groups, max)
  const changed = new Map(plan.update.map(({ slice, content }) => [slice, content]))
  const kept = existing.filter((slice) => !plan.remove.includes(slice))
  const slices = [
    ...kept.map((slice) =>
      withContent(slice, changed.get(slice) ?? { ports: slice.ports ?? [], endpoints: slice.endpoints ?? [] }),
    ),
    ...plan.create.map((content, i) =>
      withContent({ metadata: { name: `new-${i}-${Math.random()}` } } as EndpointSlice, content),
    ),
  ]
  return { slices, writes: plan.create.length + plan.update.length + plan.remove.length }
}

const withContent = (slice: EndpointSlice, { ports, endpoints }: SliceContent): EndpointSlice => ({
  ...slice,
  addressType: 'IPv4',
  ports: [...ports],
  endpoints: [...endpoints],
})

const sizes = (slices: readonly EndpointSlice[]) => slices.map(({ endpoints }) => endpoints?.length ?? 0)
const namesIn = (slices: readonly EndpointSlice[]) =>
  slices.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => targetRef?.name)).sort()

describe('endpoints in slices', () => {
  test('1,050 endpoints are split over eleven slices, and none is written again without a change', () => {
    const { slices, writes } = carryOut([], groupsOf(range(0, 1050)))
    expect(sizes(slices)).toEqual([...new Array(10).fill(100), 50])
    expect(writes).toBe(11)
    expect(carryOut(slices, groupsOf(range(0, 1050))).writes).toBe(0)
  })

  test('one that is added fills the slice with most room that is not full, with one write', () => {
    const before = carryOut([], groupsOf(range(0, 250))).slices
    const { slices, writes } = carryOut(before, groupsOf(range(0, 251)))
    expect(sizes(slices)).toEqual([100, 100, 51])
    expect(writes).toBe(1)
  })

  test('those that go and come in one step share the writes', () => {
    const before = carryOut([], groupsOf(range(0, 300))).slices
    const { slices, writes } = carryOut(before, groupsOf([...range(10, 300), ...range(300, 310)]))
    expect(sizes(slices)).toEqual([100, 100, 100])
    expect(writes).toBe(1)
  })

  test('one that is no longer ready stays where it is', () => {
    const before = carryOut([], groupsOf(range(0, 150))).slices
    const { slices, writes } = carryOut(before, groupsOf([...range(0, 149), endpoint(149, false)]))
    expect(writes).toBe(1)
    expect(slices[1]?.endpoints?.at(-1)?.conditions).toEqual({ ready: false })
  })

  test('one that is in two slices is taken out of one', () => {
    const [slice] = carryOut([], groupsOf(range(0, 3))).slices as [EndpointSlice]
    const { slices } = carryOut([slice, { ...slice, metadata: { name: 'twice' } }], groupsOf(range(0, 3)))
    expect(sizes(slices)).toEqual([3])
  })

  test('other ports make other slices of those that are there', () => {
    const before = carryOut([], groupsOf(range(0, 3))).slices
    const plan = planSlices(before, groupsOf(range(0, 3), [{ name: 'http', protocol: 'TCP', port: 81 }]), 100)
    expect(plan).toMatchObject({ create: [], remove: [], update: [{ content: { ports: [{ port: 81 }] } }] })
  })

  test('a slice of more endpoints than the limit allows is split', () => {
    const before = carryOut([], groupsOf(range(0, 100))).slices
    expect(sizes(carryOut(before, groupsOf(range(0, 100)), 40).slices)).toEqual([40, 40, 20])
  })

  test('without endpoints there is one empty slice, which is left alone', () => {
    const before = carryOut([], groupsOf(range(0, 150))).slices
    const { slices } = carryOut(before, new Map())
    expect(slices).toMatchObject([{ ports: [], endpoints: [] }])
    expect(carryOut(slices, new Map()).writes).toBe(0)
    expect(carryOut(slices, groupsOf([])).writes).toBe(0)
  })

  test('whatever comes and goes, each endpoint is in one slice, and no slice has too many', () => {
    let slices: EndpointSlice[] = []
    let seed = 1
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    for (let round = 0; round < 60; round++) {
      const wanted = range(0, 400).filter(() => random(100) < 45)
      slices = carryOut(slices, groupsOf(wanted), 37).slices
      expect(namesIn(slices)).toEqual(wanted.map(({ targetRef }) => targetRef?.name).sort())
      expect(Math.max(...sizes(slices))).toBeLessThanOrEqual(37)
    }
  })
})
