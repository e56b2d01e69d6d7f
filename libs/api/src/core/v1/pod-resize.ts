/**
 * Changes what the containers of a running pod may use.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go, podResizeStrategy;
 * pkg/apis/core/validation/validation.go, ValidatePodResize
 */
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  semanticEqual,
  type ViewSubresource,
} from '@ensign/apimachinery'
import type { Container, Pod, PodSpec, ResourceRequirements } from '../../generated/core-v1.ts'
import { metadataLeftAlone } from './pod-ephemeral-update.ts'
import { qualityOfService } from './pod-quality.ts'
import { mirrorAnnotation } from './pod-rules/mirror.ts'
import { podContentErrors } from './pod-validation.ts'

const lists = ['requests', 'limits'] as const
const members = ['containers', 'initContainers'] as const

export const resize: ViewSubresource<Pod> = {
  verbs: ['get', 'patch', 'update'],
  settableFields: [
    'spec.containers.*.resources',
    'spec.containers.*.resizePolicy',
    'spec.initContainers.*.resources',
    'spec.initContainers.*.resizePolicy',
  ],
  prepareForUpdate(next, old) {
    const moved = members.some((member) => !sameContainers(next.spec[member], old.spec[member], 'count'))
    // That is refused for what it is.
    if (moved) return next
    const { resources } = next.spec
    const spec = { ...old.spec, containers: resized(next.spec.containers, old.spec.containers) ?? [] }
    const init = resized(next.spec.initContainers, old.spec.initContainers)
    if (init) spec.initContainers = init
    delete spec.resources
    if (resources) spec.resources = resources
    return { ...next, metadata: metadataLeftAlone(next, old), spec, status: old.status }
  },
  validateUpdate(next, old) {
    if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
      return [forbiddenField('', 'static pods cannot be resized')]
    if (old.spec.os?.name === 'windows') return [forbiddenField('', 'windows pods cannot be resized')]
    const errors = [...podContentErrors(next), ...supportErrors(next, old), ...podLevelErrors(next.spec, old.spec)]
    const order = members.flatMap((member) => orderErrors(member, next.spec[member], old.spec[member]))
    if (order.length > 0) return [...errors, ...order]
    errors.push(
      ...removalErrors('initContainers', next.spec, old.spec),
      ...removalErrors('containers', next.spec, old.spec),
    )
    errors.push(...containerErrors(next.spec, old.spec), ...initContainerErrors(next.spec, old.spec))
    if (errors.length === 0 && !semanticEqual(withoutSizes(next.spec, old.spec), old.spec))
      errors.push(immutable('spec'))
    return errors
  },
}

const immutable = (path: string): FieldError => forbiddenField(path, 'only cpu and memory resources are mutable')

type Containers = readonly Container[] | null | undefined

function sameContainers(next: Containers, old: Containers, what: 'count' | 'names'): boolean {
  const [now, before] = [next ?? [], old ?? []]
  if (now.length !== before.length) return false
  return what === 'count' || now.every(({ name }, i) => name === before[i]?.name)
}

/** The containers as they were but for their size; what was renamed or moved is left for the checks to find. */
function resized(next: Containers, old: Containers): Container[] | undefined {
  if (!next?.length || !sameContainers(next, old, 'names')) return next ? [...next] : undefined
  return next.map(({ resources, resizePolicy }, i) => {
    const { resources: _, resizePolicy: __, ...before } = (old ?? [])[i] as Container
    return { ...before, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) } as Container
  })
}

function supportErrors(next: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = []
  const before = old.status.qosClass || qualityOfService(old.spec)
  if (before !== qualityOfService(next.spec))
    errors.push(
      invalidValue('spec', next.status.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'),
    )
  // Nodes that can resize report what a running container has.
  const running = old.status.containerStatuses?.find(({ state }) => state.running !== undefined)
  if (running && !running.resources)
    errors.push(forbiddenField('spec', 'Pod running on node without support for resize'))
  if (old.status.nodeAllocatableResourceClaimStatuses?.length)
    errors.push(forbiddenField('spec', 'pods with node allocatable resource claims cannot be resized'))
  return errors
}

/** Of the resources that all containers of a pod share. Source: validatePodLevelResourcesResize */
function podLevelErrors({ resources: next }: PodSpec, { resources: old }: PodSpec): FieldError[] {
  const isSet = (resources: ResourceRequirements | undefined) =>
    lists.some((list) => Object.keys(resources?.[list] ?? {}).length > 0)
  if (!isSet(next) && !isSet(old)) return []
  if (old && !next) return [forbiddenField('spec.resources', 'pod-level resources cannot be removed')]
  const errors = old ? removedLists(next, old, 'spec.resources', 'pod-level resource') : []
  if (!semanticEqual(sizesOf(next, old), old))
    errors.push(forbiddenField('spec', 'only cpu and memory resources are mutable at pod-level'))
  return errors
}

function orderErrors(member: (typeof members)[number], next: Containers, old: Containers): FieldError[] {
  const path = `spec.${member}`
  if (!sameContainers(next, old, 'count'))
    return [forbiddenField(path, `${member} may not be added or removed on resize`)]
  return (old ?? []).flatMap(({ name }, i) =>
    next?.[i]?.name === name
      ? []
      : [forbiddenField(`${path}[${i}].name`, `${member} may not be renamed or reordered on resize`)],
  )
}

const removalErrors = (member: (typeof members)[number], next: PodSpec, old: PodSpec): FieldError[] =>
  (old[member] ?? []).flatMap((container, i) =>
    removedLists(next[member]?.[i]?.resources, container.resources, `spec.${member}[${i}].resources`, 'resource'),
  )

const removedLists = (
  next: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
  path: string,
  what: string,
): FieldError[] =>
  lists.flatMap((list) =>
    Object.keys(old?.[list] ?? {}).every((name) => name in (next?.[list] ?? {}))
      ? []
      : [forbiddenField(`${path}.${list}`, `${what} ${list} cannot be removed`)],
  )

const containerErrors = (next: PodSpec, old: PodSpec): FieldError[] =>
  (next.containers ?? []).flatMap((container, i) => {
    const before = old.containers?.[i] as Container
    return semanticEqual(withSizesOf(container, before), before) ? [] : [immutable('spec')]
  })

const initContainerErrors = (next: PodSpec, old: PodSpec): FieldError[] =>
  (next.initContainers ?? []).flatMap((container, i) => {
    const before = old.initContainers?.[i] as Container
    if (semanticEqual(container, before)) return []
    const path = `spec.initContainers[${i}]`
    const errors: FieldError[] = []
    if (!semanticEqual(withSizesOf(container, before), before))
      errors.push(forbiddenField(path, 'only cpu and memory resources for init or sidecar containers are mutable'))
    if (container.restartPolicy !== 'Always') {
      const why = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'
      for (const { restartPolicy } of container.resizePolicy ?? [])
        if (restartPolicy === 'RestartContainer') errors.push(forbiddenField(path, why))
    }
    return errors
  })

/** The spec with all sizes as they were. */
const withoutSizes = (next: PodSpec, old: PodSpec): PodSpec =>
  ({
    ...next,
    resources: old.resources && sizesOf(next.resources, old.resources),
    containers: next.containers?.map((container, i) => withSizesOf(container, old.containers?.[i] as Container)),
    initContainers: next.initContainers?.map((container, i) =>
      withSizesOf(container, old.initContainers?.[i] as Container),
    ),
  }) as PodSpec

const withSizesOf = (container: Container, old: Container): Container =>
  ({ ...container, resources: sizesOf(container.resources, old.resources) }) as Container

/** The amounts with CPU and memory as they were. Source: dropCPUMemoryUpdates */
function sizesOf(next: ResourceRequirements | undefined, old: ResourceRequirements | undefined): object | undefined {
  if (!next && !old) return undefined
  const amounts = (list: (typeof lists)[number]) => {
    if (!next?.[list] && !old?.[list]) return undefined
    const { cpu: _, memory: __, ...others } = next?.[list] ?? {}
    const { cpu, memory } = old?.[list] ?? {}
    const all = { ...others, ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) }
    // No amounts are as good as none given.
    return Object.keys(all).length > 0 ? all : undefined
  }
  return { requests: amounts('requests'), limits: amounts('limits') }
}
