/**
 * Service, a name for a set of pods. Nothing is routed here: it is kept for clients that expect it.
 * Source: kubernetes/kubernetes pkg/registry/core/service/strategy.go, pkg/printers/internalversion/printers.go
 */
import { type Column, defineResource, isDns1123Label } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type Service, ServiceProxyOptionsSchema, ServiceSchema } from '../../generated/core-v1.ts'
import { proxying } from './connections.ts'
import { dropTypeDependentFields, prepareNewService, withServiceDefaults } from './service-defaults.ts'
import { validateService, validateServiceStatus, validateServiceUpdate } from './service-validation.ts'
import { serviceStatusWarnings, serviceWarnings } from './service-warnings.ts'

const column = (name: string, description: string, cell: Column<Service>['cell'], priority = 0): Column<Service> => ({
  name,
  type: 'string',
  description,
  cell,
  priority,
})

function externalIp({ spec, status }: Service): string {
  if (spec.type === 'ExternalName') return spec.externalName ?? ''
  const addresses = [
    ...(spec.externalIPs ?? []),
    ...(status.loadBalancer?.ingress ?? []).map((i) => i.ip || i.hostname || ''),
  ].filter(Boolean)
  return addresses.join(',') || (spec.type === 'LoadBalancer' ? '<pending>' : '<none>')
}

const ports = ({ spec }: Service): string =>
  (spec.ports ?? [])
    .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`)
    .join(',') || '<none>'

const selector = ({ spec }: Service): string =>
  Object.entries(spec.selector ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}=${v}`)
    .join(',') || '<none>'

export const services = defineResource<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  answersDeletedObject: true,
  nameRule: isDns1123Label,
  schema: ServiceSchema,
  createOnUpdate: true,
  defaults: withServiceDefaults,
  prepareForCreate: prepareNewService,
  prepareForUpdate: dropTypeDependentFields,
  validate: (service) => validateService(service),
  validateUpdate: validateServiceUpdate,
  warnings: serviceWarnings,
  resetFields: ['status'],
  columns: [
    nameColumn,
    column('Type', 'How it is reached.', ({ spec }) => spec.type ?? ''),
    column(
      'Cluster-IP',
      'Its address inside of the cluster.',
      ({ spec }) => spec.clusterIPs?.[0] || spec.clusterIP || '<none>',
    ),
    column('External-IP', 'Its addresses outside of it.', externalIp),
    column('Port(s)', 'Ports and their protocols.', ports),
    ageColumn,
    column('Selector', 'Labels of the pods behind it.', selector, 1),
  ],
  fields: { 'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '', 'spec.type': ({ spec }) => spec.type ?? '' },
  subresources: {
    proxy: proxying('ServiceProxyOptions', ServiceProxyOptionsSchema),
    status: {
      verbs: ['get', 'patch', 'update'],
      prepareForUpdate: (next, old) => ({ ...next, spec: old.spec }),
      resetFields: ['spec'],
      validateUpdate: validateServiceStatus,
      warnings: serviceStatusWarnings,
    },
  },
})
