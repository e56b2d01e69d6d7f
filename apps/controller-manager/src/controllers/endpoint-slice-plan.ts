/**
 * How endpoints are spread over slices, so that few slices are written when a few endpoints change.
 * Source: kubernetes/kubernetes staging/src/k8s.io/endpointslice/reconciler.go (reconcileByPortMapping)
 */
import type { Endpoint, EndpointPort, EndpointSlice } from '@ensign/api'
import { semanticEqual } from '@ensign/apimachinery'

/** Endpoints with the same ports. */
export interface EndpointGroup {
  readonly ports: readonly EndpointPort[]
  /** By what makes them the same one, see {@link endpointKey}. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
}

/** What is in a slice: all that may differ between two slices of one address type. */
export interface SliceContent {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

export interface SlicePlan {
  readonly create: SliceContent[]
  readonly update: { readonly slice: Readonly<EndpointSlice>; readonly content: SliceContent }[]
  readonly remove: Readonly<EndpointSlice>[]
}

/** The same pod at the same addresses is the same endpoint, whatever else changes about it. */
export const endpointKey = ({ addresses, targetRef }: Readonly<Endpoint>): string =>
  JSON.stringify([[...(addresses ?? [])].sort(), targetRef?.namespace, targetRef?.name])

export const portsKey = (ports: readonly EndpointPort[]): string =>
  JSON.stringify(
    ports.map(({ name, protocol, port, appProtocol }) => JSON.stringify([name, protocol, port, appProtocol])).sort(),
  )

/**
 * Every endpoint stays in its slice. New ones fill slices that must be written anyway, then the fullest one that has room for
 * all of the rest, then slices of their own.
 *
 * @param existing slices of one service and address type.
 * @param groups by {@link portsKey}.
 */
export function planSlices(
  existing: readonly Readonly<EndpointSlice>[],
  groups: ReadonlyMap<string, EndpointGroup>,
  max: number,
): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [] }
  const byPorts = Map.groupBy(existing, ({ ports }) => portsKey(ports ?? []))
  for (const [key, slices] of byPorts) if (!groups.has(key)) plan.remove.push(...slices)
  for (const [key, group] of groups) planGroup(plan, byPorts.get(key) ?? [], group, max)
  if (plan.create.length === 0 && plan.remove.length === existing.length) plan.create.push({ ports: [], endpoints: [] })
  return withoutDetours(plan)
}

function planGroup(
  { create, update, remove }: SlicePlan,
  slices: readonly Readonly<EndpointSlice>[],
  { ports, endpoints }: EndpointGroup,
  max: number,
): void {
  const missing = new Map(endpoints)
  const changed: { slice: Readonly<EndpointSlice>; kept: Endpoint[] }[] = []
  const same: { slice: Readonly<EndpointSlice>; kept: Endpoint[] }[] = []
  for (const slice of slices) {
    const kept: Endpoint[] = []
    let isSame = true
    for (const endpoint of slice.endpoints ?? []) {
      const key = endpointKey(endpoint)
      const wanted = missing.get(key)
      if (!wanted || kept.length === max) {
        isSame = false
        continue
      }
      missing.delete(key)
      kept.push(wanted)
      if (!semanticEqual(wanted, endpoint)) isSame = false
    }
    if (isSame && kept.length > 0) same.push({ slice, kept })
    else changed.push({ slice, kept })
  }
  const rest = [...missing.values()]
  // The fullest first, so that slices become full or empty.
  changed.sort((a, b) => b.kept.length - a.kept.length)
  for (const { kept } of changed) kept.push(...rest.splice(0, max - kept.length))
  const room = rest.length > 0 && rest.length < max && fullestWithRoom(same, max - rest.length)
  if (room) {
    room.kept.push(...rest.splice(0))
    changed.push(room)
  }
  while (rest.length > 0) create.push({ ports, endpoints: rest.splice(0, max) })
  for (const { slice, kept } of changed) {
    if (kept.length === 0) remove.push(slice)
    else update.push({ slice, content: { ports, endpoints: kept } })
  }
}

function fullestWithRoom<T extends { readonly kept: readonly Endpoint[] }>(
  slices: readonly T[],
  keptMax: number,
): T | undefined {
  let found: T | undefined
  for (const slice of slices)
    if (slice.kept.length <= keptMax && slice.kept.length > (found?.kept.length ?? -1)) found = slice
  return found
}

/** A slice that would be deleted while another one is made, becomes that one. */
function withoutDetours({ create, update, remove }: SlicePlan): SlicePlan {
  const reused = remove.slice(0, create.length).map((slice, i) => ({ slice, content: create[i] as SliceContent }))
  return {
    create: create.slice(reused.length),
    update: [...update, ...reused.filter(({ slice, content }) => !holds(slice, content))],
    remove: remove.slice(reused.length),
  }
}

const holds = ({ ports, endpoints }: Readonly<EndpointSlice>, content: SliceContent): boolean =>
  semanticEqual(ports, content.ports) && semanticEqual(endpoints, content.endpoints)
