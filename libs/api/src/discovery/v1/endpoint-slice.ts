/**
 * EndpointSlice, some of the addresses behind a service.
 * Source: kubernetes/kubernetes pkg/registry/discovery/endpointslice/strategy.go, pkg/apis/discovery/v1/defaults.go,
 * pkg/printers/internalversion/printers.go (printEndpointSlice)
 */
import { defineResource, semanticEqual } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type EndpointSlice, EndpointSliceSchema } from '../../generated/discovery-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'
import { validateEndpointSlice } from './endpoint-slice-validation.ts'

/** Ports and addresses that are shown before the rest is only counted. */
const shownMax = 3

function listed(all: readonly string[]): string {
  if (all.length === 0) return '<unset>'
  const more = all.length - shownMax
  return more > 0 ? `${all.slice(0, shownMax).join(',')} + ${more} more...` : all.join(',')
}

const metadata = metadataAgain({ namespaced: true })

export const endpointSlices = defineResource<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  namespaced: true,
  schema: EndpointSliceSchema,
  defaults: (slice) => ({
    ...slice,
    ...(slice.ports && {
      ports: slice.ports.map((port) => ({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' })),
    }),
  }),
  specChanged: (next, old) =>
    !semanticEqual([next.endpoints, next.ports], [old.endpoints, old.ports]) ||
    !semanticEqual(next.metadata.labels, old.metadata.labels),
  validate: (slice) => validateEndpointSlice(slice),
  validateUpdate: (next, old) => [...metadata(next), ...validateEndpointSlice(next, old)],
  columns: [
    nameColumn,
    { name: 'AddressType', type: 'string', description: 'Kind of address.', cell: ({ addressType }) => addressType },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports of each endpoint.',
      cell: ({ ports }) => listed((ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port)))),
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'Addresses.',
      cell: ({ endpoints }) => listed((endpoints ?? []).flatMap(({ addresses }) => addresses ?? [])),
    },
    ageColumn,
  ],
})
