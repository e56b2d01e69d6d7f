/**
 * Node, a machine that pods run on and that tokens can be bound to.
 * Source: kubernetes/kubernetes pkg/registry/core/node/strategy.go, pkg/printers/internalversion/printers.go
 */
import { type Column, defineResource, nonStandardCidr } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type Node, NodeProxyOptionsSchema, NodeSchema } from '../../generated/core-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'
import { proxying } from './connections.ts'
import { validateNode, validateNodeUpdate } from './node-validation.ts'

const column = (name: string, description: string, cell: Column<Node>['cell'], priority = 0): Column<Node> => ({
  name,
  type: 'string',
  description,
  cell,
  priority,
})
const address =
  (type: string) =>
  ({ status }: Node): string =>
    status.addresses?.find((a) => a.type === type)?.address || '<none>'
const info =
  (member: 'osImage' | 'kernelVersion' | 'containerRuntimeVersion') =>
  ({ status }: Node): string =>
    status.nodeInfo?.[member] || '<unknown>'

const rolePrefix = 'node-role.kubernetes.io/'
const roleLabel = 'kubernetes.io/role'

function readiness({ spec, status }: Node): string {
  const ready = status.conditions?.find((c) => c.type === 'Ready')
  const word = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec.unschedulable ? `${word},SchedulingDisabled` : word
}

function roles({ metadata }: Node): string {
  const found = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) =>
    key.startsWith(rolePrefix) ? [key.slice(rolePrefix.length)] : key === roleLabel && value ? [value] : [],
  )
  return [...new Set(found.filter((r) => r !== ''))].sort().join(',') || '<none>'
}

const metadata = metadataAgain({ namespaced: false })

/** What a node can hold is what it has, unless it says otherwise; the one range of clients of old is the first of all. */
function withDefaults({ spec, status, ...rest }: Node): Node {
  const { podCIDR, podCIDRs } = spec
  const ranges = podCIDR && podCIDR !== podCIDRs?.[0] ? [podCIDR] : podCIDRs
  return {
    ...rest,
    spec: { ...spec, ...(ranges?.length && { podCIDR: ranges[0] as string, podCIDRs: ranges }) },
    status: { ...status, ...(status.capacity && !status.allocatable && { allocatable: status.capacity }) },
  }
}

/** The kubelet's configuration came from here once. */
function withoutConfig({ spec, status, ...rest }: Node): Node {
  const { configSource: _s, ...keptSpec } = spec
  const { config: _c, ...keptStatus } = status
  return { ...rest, spec: keptSpec, status: keptStatus }
}

const warnings = ({ spec }: Node): string[] => [
  ...(spec.configSource ? ['spec.configSource: the feature is removed'] : []),
  ...(spec.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
  ...(spec.podCIDRs ?? []).flatMap((range, i) => nonStandardCidr(`spec.podCIDRs[${i}]`, range)),
]

export const nodes = defineResource<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schema: NodeSchema,
  defaults: withDefaults,
  prepareForCreate: withoutConfig,
  prepareForUpdate: (next, old) => ({ ...(old.spec.configSource ? next : withoutConfig(next)), status: old.status }),
  validate: validateNode,
  validateUpdate: (next, old) => [...metadata(next), ...validateNode(next), ...validateNodeUpdate(next, old)],
  warnings,
  resetFields: ['status'],
  columns: [
    nameColumn,
    column('Status', 'Whether it can run pods.', readiness),
    column('Roles', 'What it is for, from its labels.', roles),
    ageColumn,
    column('Version', 'Version of its kubelet.', ({ status }) => status.nodeInfo?.kubeletVersion ?? ''),
    column('Internal-IP', 'Address inside of the cluster.', address('InternalIP'), 1),
    column('External-IP', 'Address outside of it.', address('ExternalIP'), 1),
    column('OS-Image', 'Operating system.', info('osImage'), 1),
    column('Kernel-Version', 'Kernel.', info('kernelVersion'), 1),
    column('Container-Runtime', 'What runs its containers.', info('containerRuntimeVersion'), 1),
  ],
  fields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  subresources: {
    proxy: proxying('NodeProxyOptions', NodeProxyOptionsSchema),
    status: {
      verbs: ['get', 'patch', 'update'],
      prepareForUpdate: (next, old) => ({ ...(old.status.config ? next : withoutConfig(next)), spec: old.spec }),
      validateUpdate: validateNodeUpdate,
      resetFields: ['spec'],
    },
  },
})
