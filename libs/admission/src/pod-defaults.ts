/**
 * Two plug-ins that mostly fill in: how long a pod stays on a node that is not well, and its priority.
 * Source: kubernetes/kubernetes plugin/pkg/admission/defaulttolerationseconds/admission.go,
 * plugin/pkg/admission/priority/admission.go
 */
import type { KubeObject } from '@ensign/apimachinery'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts'
import { podRefusal } from './pod-refusal.ts'

interface Toleration {
  key?: string
  operator?: string
  effect?: string
  tolerationSeconds?: number
}

interface TolerantPod extends KubeObject {
  spec: { tolerations?: Toleration[]; priority?: number; priorityClassName?: string; preemptionPolicy?: string }
}

const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const tolerationSeconds = 300

const isPod = ({ operation, definition, subresource }: AdmissionAttributes): boolean =>
  (operation === 'CREATE' || operation === 'UPDATE') &&
  definition.group === '' &&
  definition.plural === 'pods' &&
  subresource === ''

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: isPod,
  mutate({ object }) {
    const { spec } = object as TolerantPod
    const before = spec.tolerations ?? []
    const added = taints
      .filter((key) => !before.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect)))
      .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }))
    if (added.length > 0) spec.tolerations = [...before, ...added]
  },
}

/** The classes that every cluster has. Source: pkg/apis/scheduling/v1/helpers.go, SystemPriorityClasses. */
const priorityClasses: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
])
const priorityOfNone = 0
const preemptionPolicy = 'PreemptLowerPriority'

/** PriorityClasses are no objects here, so there are the two that are always there, and none is the default. */
export const defaultPriority: AdmissionPlugin = {
  name: 'Priority',
  handles: isPod,
  mutate(attributes) {
    const { spec } = attributes.object as TolerantPod
    if (attributes.operation === 'UPDATE') {
      const old = (attributes.old as TolerantPod | undefined)?.spec
      if (old?.priority !== undefined) spec.priority ??= old.priority
      if (old?.preemptionPolicy !== undefined) spec.preemptionPolicy ??= old.preemptionPolicy
      return
    }
    const { priorityClassName } = spec
    const priority = priorityClassName ? priorityClasses.get(priorityClassName) : priorityOfNone
    if (priority === undefined)
      throw podRefusal(attributes, `no PriorityClass with name ${priorityClassName} was found`)
    const contradiction = (what: string, given: string | number, computed: string | number) =>
      podRefusal(
        attributes,
        `the ${what} (${given}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`,
      )
    if (spec.priority !== undefined && spec.priority !== priority)
      throw contradiction('integer value of priority', spec.priority, priority)
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy)
      throw contradiction('string value of PreemptionPolicy', spec.preemptionPolicy, preemptionPolicy)
    spec.priority = priority
    spec.preemptionPolicy = preemptionPolicy
  },
}
