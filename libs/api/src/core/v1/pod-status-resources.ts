/**
 * What a node reports of the resources that a pod's containers were given.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateContainerStatusUsers,
 * validateContainerStatusAllocatedResourcesStatus, validatePodExtendedResourceClaimStatus)
 */
import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  outOfRange,
  required,
  ruleErrors,
  unlisted,
} from '@ensign/apimachinery'
import type { Container, ContainerStatus, PodSpec, PodStatus, ResourceStatus } from '../../generated/core-v1.ts'

/** Of users and groups. Source: apimachinery pkg/util/validation/validation.go, IsValidUserID */
const idMax = 2 ** 31 - 1
/** Bytes. Source: k8s.io/api core/v1 types.go, ResourceHealthMessageMaxLength */
const healthMessageMax = 256
const healthValues = ['Healthy', 'Unhealthy', 'Unknown']

type Statuses = readonly ContainerStatus[] | undefined

export function userErrors(status: PodStatus, { os }: PodSpec): FieldError[] {
  const lists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const
  return lists.flatMap((list) =>
    (status[list] ?? []).flatMap(({ user }, i) => {
      if (!user?.linux) return []
      const path = `status.${list}[${i}].user.linux`
      if (os?.name === 'windows') return [forbiddenField(path, 'cannot be set for a windows pod')]
      const { uid, gid, supplementalGroups = [] } = user.linux
      return [
        ...outOfRange(`${path}.uid`, uid, 0, idMax),
        ...outOfRange(`${path}.gid`, gid, 0, idMax),
        ...supplementalGroups.flatMap((id, g) => outOfRange(`${path}.supplementalGroups[${g}]`, id, 0, idMax)),
      ]
    }),
  )
}

export const allocationErrors = (status: PodStatus, spec: PodSpec): FieldError[] => [
  ...allocated('status.containerStatuses', status.containerStatuses, spec.containers ?? []),
  ...allocated('status.initContainerStatuses', status.initContainerStatuses, spec.initContainers ?? []),
  ...(status.ephemeralContainerStatuses ?? []).flatMap(({ allocatedResourcesStatus }, i) =>
    allocatedResourcesStatus?.length
      ? [
          forbiddenField(
            `status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`,
            'must not be specified in container status',
          ),
        ]
      : [],
  ),
]

function allocated(path: string, statuses: Statuses, containers: readonly Container[]): FieldError[] {
  const byName = new Map(containers.toReversed().map((container) => [container.name, container]))
  return (statuses ?? []).flatMap(({ name, allocatedResourcesStatus = [] }, i) => {
    const container = byName.get(name)
    const claims = new Set(container?.resources?.claims?.map(claimText))
    return allocatedResourcesStatus.flatMap((resource, j) => {
      const at = `${path}[${i}].allocatedResourcesStatus[${j}]`
      const errors = container ? matchErrors(`${at}.name`, resource, container, claims) : []
      return [...errors, ...healthErrors(at, resource)]
    })
  })
}

const claimText = ({ name, request }: { name: string; request?: string }): string =>
  `claim:${name}${request ? `/${request}` : ''}`

function matchErrors(
  path: string,
  { name }: ResourceStatus,
  { resources }: Container,
  claims: ReadonlySet<string>,
): FieldError[] {
  if (!name.startsWith('claim:')) {
    const isRequested = name in (resources?.requests ?? {})
    return isRequested ? [] : [invalidValue(path, name, "must match one of the container's resource requests")]
  }
  if (claims.has(name)) return []
  const why =
    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
  return [invalidValue(path, name, why)]
}

function healthErrors(path: string, { resources = [] }: ResourceStatus): FieldError[] {
  const ids = new Set<string>()
  return resources.flatMap(({ resourceID, health = '', message }, k) => {
    const at = `${path}.resources[${k}]`
    const errors = unlisted(`${at}.health`, health, healthValues)
    if (message === '') errors.push(required(`${at}.message`, 'must be non-empty if specified'))
    else if (message !== undefined && Buffer.byteLength(message) > healthMessageMax)
      errors.push({
        type: 'FieldValueTooLong',
        field: `${at}.message`,
        detail: `may not be more than ${healthMessageMax} bytes`,
      })
    if (ids.has(resourceID)) errors.push(duplicateValue(`${at}.resourceID`, resourceID))
    ids.add(resourceID)
    return errors
  })
}

export function extendedClaimErrors({ extendedResourceClaimStatus: claim }: PodStatus, spec: PodSpec): FieldError[] {
  if (!claim) return []
  const path = 'status.extendedResourceClaimStatus'
  const mappings = claim.requestMappings ?? []
  const errors =
    mappings.length === 0 ? [required(`${path}.requestMappings`, 'at least one request mapping is required')] : []
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  const seen = new Set<string>()
  for (const [i, { containerName, resourceName, requestName }] of mappings.entries()) {
    const at = `${path}.requestMappings[${i}]`
    const container = containers.findLast(({ name }) => name === containerName)
    if (!container) {
      const why = 'must match the name of an entry in spec.initContainers.name or spec.containers.name'
      errors.push(invalidValue(`${at}.containerName`, containerName, why))
    } else if (!(resourceName in (container.resources?.requests ?? {}))) {
      const why =
        'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests'
      errors.push(invalidValue(`${at}.resourceName`, resourceName, why))
    }
    errors.push(...ruleErrors(`${path}.requestName`, requestName, isDns1123Label))
    const key = [containerName, resourceName, requestName].join('\0')
    if (seen.has(key)) {
      errors.push(duplicateValue(`${at}.containerName`, containerName))
      errors.push(duplicateValue(`${at}.resourceName`, resourceName))
      errors.push(duplicateValue(`${at}.requestName`, requestName))
    }
    seen.add(key)
  }
  return claim.resourceClaimName
    ? [...errors, ...ruleErrors(`${path}.resourceClaimName`, claim.resourceClaimName, isDns1123Subdomain)]
    : [...errors, required(`${path}.resourceClaimName`)]
}
