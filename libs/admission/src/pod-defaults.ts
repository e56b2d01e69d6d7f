/**
 * Two plug-ins that only fill in: how long a pod stays on a node that is not well, and its priority.
 * Source: kubernetes/kubernetes plugin/pkg/admission/defaulttolerationseconds/admission.go,
 * plugin/pkg/admission/priority/admission.go
 */
import type { KubeObject } from '@ensign/apimachinery'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts'

interface Toleration {
  key?: string
  operator?: string
  effect?: string
  tolerationSeconds?: number
}

interface TolerantPod extends KubeObject {
  spec: { tolerations?: Toleration[]; priority?: number; preemptionPolicy?: string }
}

const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const tolerationSeconds = 300

const isNewPod = ({ operation, definition, subresource }: AdmissionAttributes): boolean =>
  operation === 'CREATE' && definition.group === '' && definition.plural === 'pods' && subresource === ''

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: isNewPod,
  mutate({ object }) {
    const { spec } = object as TolerantPod
    for (const key of taints) {
      const tolerated = spec.tolerations?.some(
        (t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect),
      )
      if (!tolerated)
        spec.tolerations = [
          ...(spec.tolerations ?? []),
          { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
        ]
    }
  },
}

/** There are no priority classes here, so every pod has the priority of none. */
export const defaultPriority: AdmissionPlugin = {
  name: 'Priority',
  handles: isNewPod,
  mutate({ object }) {
    const { spec } = object as TolerantPod
    spec.priority = 0
    spec.preemptionPolicy ??= 'PreemptLowerPriority'
  },
}
