/**
 * Labels of nodes that have new names, values that no label can have, and selectors that match nothing.
 * Source: kubernetes/kubernetes pkg/api/node/util.go, pkg/api/pod/warnings.go
 */
import { isLabelValue } from '@ensign/apimachinery'
import type { NodeSelectorTerm, PodSpec } from '../../../generated/core-v1.ts'

const since = (version: string, instead: string): string => `deprecated since ${version}; use "${instead}" instead`

const deprecatedNodeLabels: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', since('v1.14', 'kubernetes.io/arch')],
  ['beta.kubernetes.io/os', since('v1.14', 'kubernetes.io/os')],
  ['failure-domain.beta.kubernetes.io/region', since('v1.17', 'topology.kubernetes.io/region')],
  ['failure-domain.beta.kubernetes.io/zone', since('v1.17', 'topology.kubernetes.io/zone')],
  ['beta.kubernetes.io/instance-type', since('v1.17', 'node.kubernetes.io/instance-type')],
  ['app.kubernetes.io/created-by', 'deprecated since v1.9'],
  ['scheduler.alpha.kubernetes.io/preferAvoidPods', 'deprecated since v1.22; use Taints and Tolerations instead'],
  ['node-role.kubernetes.io/master', 'use "node-role.kubernetes.io/control-plane" instead'],
])

const nullSelector = (path: string): string => `${path}: a null labelSelector results in matching no pod`

export function schedulingWarnings({ nodeSelector, affinity, topologySpreadConstraints }: PodSpec): string[] {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred,
  } = affinity?.nodeAffinity ?? {}
  const path = 'spec.affinity.nodeAffinity'
  return [
    ...Object.keys(nodeSelector ?? {}).flatMap((key) => {
      const message = deprecatedNodeLabels.get(key)
      return message ? [`spec.nodeSelector[${key}]: ${message}`] : []
    }),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      termWarnings(term, false, `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`),
    ),
    ...(preferred ?? []).flatMap(({ preference }, i) =>
      termWarnings(preference, true, `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`),
    ),
    ...(topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, i) => {
      const at = `spec.topologySpreadConstraints[${i}]`
      const message = deprecatedNodeLabels.get(topologyKey)
      return [
        ...(message ? [`${at}.topologyKey: ${topologyKey} is ${message}`] : []),
        ...(labelSelector ? [] : [nullSelector(`${at}.labelSelector`)]),
      ]
    }),
  ]
}

function termWarnings({ matchExpressions }: NodeSelectorTerm, checkValues: boolean, path: string): string[] {
  return (matchExpressions ?? []).flatMap(({ key, values }, i) => {
    const at = `${path}.matchExpressions[${i}]`
    const message = deprecatedNodeLabels.get(key)
    return [
      ...(message ? [`${at}.key: ${key} is ${message}`] : []),
      ...(checkValues ? (values ?? []) : []).flatMap((value, j) =>
        isLabelValue(value).map((text) => `${at}.values[${j}]: ${value} is invalid, ${text}`),
      ),
    ]
  })
}

export const selectorlessAffinityWarnings = ({ affinity }: PodSpec): string[] =>
  (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required,
      preferredDuringSchedulingIgnoredDuringExecution: preferred,
    } = affinity?.[kind] ?? {}
    const path = `spec.affinity.${kind}`
    return [
      ...(required ?? []).flatMap(({ labelSelector }, i) =>
        labelSelector
          ? []
          : [nullSelector(`${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector`)],
      ),
      ...(preferred ?? []).flatMap(({ podAffinityTerm }, i) =>
        podAffinityTerm.labelSelector
          ? []
          : [
              nullSelector(
                `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector`,
              ),
            ],
      ),
    ]
  })
