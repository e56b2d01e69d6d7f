/**
 * PodTopologyLabels: a pod that has or gets a node bears the zone and the region of that node.
 * Source: kubernetes/kubernetes plugin/pkg/admission/podtopologylabels/admission.go
 */
import type { KubeObject } from '@ensign/apimachinery'
import type { AdmissionPlugin } from './plugin.ts'

const topologyLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

export interface NodeLookup {
  /** From memory; a node that is not there has no labels. */
  get(name: string): Readonly<KubeObject> | undefined
}

export function podTopologyLabels(nodes: NodeLookup): AdmissionPlugin {
  return {
    name: 'PodTopologyLabels',
    handles: ({ operation, definition, subresource }) =>
      operation === 'CREATE' &&
      definition.group === '' &&
      definition.plural === 'pods' &&
      (subresource === '' || subresource === 'binding'),

    mutate({ object, subresource }) {
      const node = nodes.get(
        subresource === 'binding' ? targetOf(object as Bound) : ((object as Bound).spec?.nodeName ?? ''),
      )
      const found = topologyLabels.flatMap((key) => {
        const value = node?.metadata.labels?.[key]
        return value === undefined ? [] : [[key, value] as const]
      })
      if (!object || found.length === 0) return
      object.metadata.labels = { ...object.metadata.labels, ...Object.fromEntries(found) }
    },
  }
}

/** The parts of a pod and of a Binding that name a node. */
interface Bound extends KubeObject {
  spec?: { nodeName?: string }
  target?: { kind?: string; name?: string }
}

const targetOf = ({ target }: Bound): string => (target?.kind === 'Node' ? (target.name ?? '') : '')
