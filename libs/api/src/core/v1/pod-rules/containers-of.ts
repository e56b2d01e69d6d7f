import type { FieldPath } from '@ensign/apimachinery'
import type { Container, EphemeralContainer, PodSpec } from '../../../generated/core-v1.ts'

export interface Placed {
  readonly container: Container | EphemeralContainer
  readonly path: FieldPath
}

/**
 * Every container of a pod in the order in which upstream visits them.
 * Source: kubernetes/kubernetes pkg/apis/core/pods/helpers.go, VisitContainersWithPath
 */
export const containersOf = ({ initContainers, containers, ephemeralContainers }: PodSpec): Placed[] => [
  ...placed(initContainers, 'spec.initContainers'),
  ...placed(containers, 'spec.containers'),
  ...placed(ephemeralContainers, 'spec.ephemeralContainers'),
]

const placed = (
  containers: readonly (Container | EphemeralContainer)[] | null | undefined,
  path: FieldPath,
): Placed[] => (containers ?? []).map((container, i) => ({ container, path: `${path}[${i}]` }))
