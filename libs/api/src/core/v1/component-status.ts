/**
 * ComponentStatus, how the parts of the control plane are, for tools of old.
 * Source: kubernetes/kubernetes pkg/registry/core/componentstatus/rest.go, pkg/printers/internalversion/printers.go
 */
import { type Column, defineResource } from '@ensign/apimachinery'
import { nameColumn } from '../../columns.ts'
import { type ComponentStatus, ComponentStatusSchema } from '../../generated/core-v1.ts'

const healthy = ({ conditions }: ComponentStatus) => conditions?.find(({ type }) => type === 'Healthy')

const column = (name: string, description: string, cell: Column<ComponentStatus>['cell']): Column<ComponentStatus> => ({
  name,
  type: 'string',
  description,
  cell,
})

export const componentStatuses = defineResource<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  singular: 'componentstatus',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  schema: ComponentStatusSchema,
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn,
    column('Status', 'Whether it is well.', (status) => {
      const found = healthy(status)
      return found?.status === 'True' ? 'Healthy' : found?.status === 'False' ? 'Unhealthy' : 'Unknown'
    }),
    column('Message', 'What it says of itself.', (status) => healthy(status)?.message ?? ''),
    column('Error', 'Why it could not be looked at.', (status) => healthy(status)?.error ?? ''),
  ],
})
