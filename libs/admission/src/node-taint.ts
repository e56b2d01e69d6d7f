/**
 * A new node takes no pods until somebody has seen that it is ready.
 * Source: kubernetes/kubernetes plugin/pkg/admission/nodetaint/admission.go
 */
import type { KubeObject } from '@ensign/apimachinery'
import type { AdmissionPlugin } from './plugin.ts'

interface TaintedNode extends KubeObject {
  spec: { taints?: { key: string; effect: string }[] }
}

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: ({ operation, definition, subresource }) =>
    operation === 'CREATE' && definition.group === '' && definition.plural === 'nodes' && subresource === '',
  mutate({ object }) {
    const { spec } = object as TaintedNode
    const taints = spec.taints ?? []
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return
    spec.taints = [...taints, { ...notReady }]
  },
}
