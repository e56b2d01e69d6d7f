/**
 * Endpoints, the addresses behind a service, for clients of old.
 * Source: kubernetes/kubernetes pkg/registry/core/endpoint/strategy.go, pkg/printers/internalversion/printers.go
 */
import { defineResource, nonStandardIp } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type Endpoints, EndpointsSchema } from '../../generated/core-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'
import { validateEndpoints } from './endpoints-validation.ts'

/** Addresses that are shown before the rest is only counted. */
const shownMax = 3

function addresses({ subsets }: Endpoints): string {
  const all = (subsets ?? []).flatMap(({ ports, addresses: own }) =>
    ports?.length
      ? ports.flatMap(({ port }) => (own ?? []).map(({ ip }) => `${ip}:${port}`))
      : (own ?? []).map(({ ip }) => ip),
  )
  if (all.length === 0) return '<none>'
  const more = all.length - shownMax
  return more > 0 ? `${all.slice(0, shownMax).join(',')} + ${more} more...` : all.join(',')
}

const metadata = metadataAgain({ namespaced: true })

function addressWarnings({ subsets = [] }: Endpoints): string[] {
  return subsets.flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, j) => nonStandardIp(`subsets[${i}].${list}[${j}].ip`, ip)),
    ),
  )
}

export const endpoints = defineResource<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: EndpointsSchema,
  createOnUpdate: true,
  defaults: (object) => ({
    ...object,
    ...(object.subsets && {
      subsets: object.subsets.map((s) => ({
        ...s,
        ...(s.ports && { ports: s.ports.map((p) => ({ ...p, protocol: p.protocol || 'TCP' })) }),
      })),
    }),
  }),
  validate: (object) => validateEndpoints(object),
  validateUpdate: (next, old) => [...metadata(next), ...validateEndpoints(next, old)],
  warnings: addressWarnings,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [
    nameColumn,
    { name: 'Endpoints', type: 'string', description: 'Addresses and ports.', cell: addresses },
    ageColumn,
  ],
})
