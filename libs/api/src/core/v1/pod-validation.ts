/**
 * The checks of a pod's spec that clients meet most: names, images, containers, what names what.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go
 */
import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  notSupported,
  parseQuantity,
  required,
} from '@ensign/apimachinery'
import type { Container, Pod, PodSpec } from '../../generated/core-v1.ts'

export function podErrors({ spec }: Pod): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  if (!spec.containers?.length) errors.push(required('spec.containers'))
  errors.push(...containerErrors(spec.containers ?? [], 'spec.containers', names))
  errors.push(...containerErrors(spec.initContainers ?? [], 'spec.initContainers', names))
  if (spec.ephemeralContainers?.length)
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'))
  errors.push(...oneOf('spec.restartPolicy', spec.restartPolicy, ['Always', 'OnFailure', 'Never']))
  errors.push(
    ...oneOf('spec.dnsPolicy', spec.dnsPolicy, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']),
  )
  errors.push(...volumeErrors(spec))
  if (spec.serviceAccountName)
    for (const p of isDns1123Subdomain(spec.serviceAccountName))
      errors.push(invalidValue('spec.serviceAccountName', spec.serviceAccountName, p))
  if (spec.nodeName)
    for (const p of isDns1123Subdomain(spec.nodeName)) errors.push(invalidValue('spec.nodeName', spec.nodeName, p))
  return errors
}

const oneOf = (path: string, value: string | undefined, supported: readonly string[]): FieldError[] =>
  value && !supported.includes(value) ? [notSupported(path, value, [...supported].sort())] : []

function containerErrors(containers: readonly Container[], path: string, names: Set<string>): FieldError[] {
  return containers.flatMap((container, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = []
    if (!container.name) errors.push(required(`${at}.name`))
    else {
      for (const p of isDns1123Label(container.name)) errors.push(invalidValue(`${at}.name`, container.name, p))
      if (names.has(container.name)) errors.push(duplicateValue(`${at}.name`, container.name))
      names.add(container.name)
    }
    if (!container.image) errors.push(required(`${at}.image`))
    errors.push(...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']))
    errors.push(...requestErrors(container, at))
    return errors
  })
}

function requestErrors({ resources }: Container, at: string): FieldError[] {
  return Object.entries(resources?.requests ?? {}).flatMap(([name, value]) => {
    const limit = resources?.limits?.[name]
    // Decoding has refused whatever is no quantity.
    if (limit === undefined || parseQuantity(value).nanos <= parseQuantity(limit).nanos) return []
    return [invalidValue(`${at}.resources.requests`, value, `must be less than or equal to ${name} limit of ${limit}`)]
  })
}

/** Seconds. Source: validation.go, validateProjectionSources */
const tokenExpiration = { min: 600, max: 2 ** 32 } as const

function volumeErrors({ volumes, serviceAccountName }: PodSpec): FieldError[] {
  const names = new Set<string>()
  return (volumes ?? []).flatMap((volume, i) => {
    const at = `spec.volumes[${i}]`
    const errors: FieldError[] = []
    if (!volume.name) errors.push(required(`${at}.name`))
    else {
      for (const p of isDns1123Label(volume.name)) errors.push(invalidValue(`${at}.name`, volume.name, p))
      if (names.has(volume.name)) errors.push(duplicateValue(`${at}.name`, volume.name))
      names.add(volume.name)
    }
    for (const [j, { serviceAccountToken: token }] of (volume.projected?.sources ?? []).entries()) {
      if (!token) continue
      const source = `${at}.projected.sources[${j}].serviceAccountToken`
      if (!serviceAccountName)
        errors.push(forbiddenField(source, 'must not be specified when serviceAccountName is not set'))
      const seconds = token.expirationSeconds ?? tokenExpiration.min
      if (seconds < tokenExpiration.min)
        errors.push(
          invalidValue(`${source}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'),
        )
      if (seconds > tokenExpiration.max)
        errors.push(
          invalidValue(`${source}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'),
        )
      if (!token.path) errors.push(required(`${at}.projected.path`))
    }
    return errors
  })
}
