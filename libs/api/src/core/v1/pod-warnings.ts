/**
 * What a user is told of a new pod that is right, but may not do what they think.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go (WarningsOnCreate), pkg/api/pod/warnings.go
 */
import { isDns1123Label, nonStandardIp, own } from '@ensign/apimachinery'
import type { Container, EnvVar, Pod, PodSpec } from '../../generated/core-v1.ts'
import { type Amounts, isFractional } from './pod-rules/amounts.ts'
import { containersOf, type Placed } from './pod-rules/containers-of.ts'
import { seccompContainerPrefix, seccompPodAnnotation } from './pod-rules/profiles.ts'
import { portWarnings } from './pod-warnings/ports.ts'
import { schedulingWarnings, selectorlessAffinityWarnings } from './pod-warnings/scheduling.ts'
import { overlapWarnings, volumeWarnings } from './pod-warnings/volumes.ts'

export function podWarnings(pod: Pod): string[] {
  const { metadata, spec } = pod
  const containers = containersOf(spec)
  const annotations = metadata.annotations ?? {}
  return [
    ...hostnameWarnings(metadata.name ?? ''),
    ...schedulingWarnings(spec),
    ...deprecatedAnnotations.flatMap(([key, message]) =>
      key in annotations ? [`metadata.annotations[${key}]: ${message}`] : [],
    ),
    ...volumeWarnings(spec.volumes ?? []),
    ...overlapWarnings(spec.volumes ?? []),
    ...repeated(spec.hostAliases, ({ ip }) => ip, 'spec.hostAliases', 'ip'),
    ...repeated(spec.imagePullSecrets, ({ name = '' }) => name, 'spec.imagePullSecrets', 'name'),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, i) =>
      name ? [] : [`spec.imagePullSecrets[${i}].name: invalid empty name ""`],
    ),
    ...fractions(spec.overhead, 'spec.overhead'),
    ...seccompWarning(spec.securityContext?.seccompProfile, annotations, seccompPodAnnotation),
    ...containers.flatMap((placed) => containerWarnings(placed, annotations)),
    ...portWarnings(containers),
    ...selectorlessAffinityWarnings(spec),
    ...addressWarnings(spec),
  ]
}

function hostnameWarnings(name: string): string[] {
  const problems = isDns1123Label(name)
  if (problems.length === 0) return []
  return [
    `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
  ]
}

const deprecatedAnnotations: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]

function repeated<T>(
  list: readonly T[] | undefined,
  keyOf: (item: T) => string,
  path: string,
  member: string,
): string[] {
  const seen = new Set<string>()
  return (list ?? []).flatMap((item, i) => {
    const key = keyOf(item)
    if (seen.has(key)) return [`${path}[${i}].${member}: duplicate ${member} ${JSON.stringify(key)}`]
    seen.add(key)
    return []
  })
}

/** Resources that are bytes, of which there are no halves. */
function fractions(amounts: Amounts | undefined, path: string): string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) => fractionWarning(amounts?.[name], `${path}[${name}]`))
}

function fractionWarning(amount: string | undefined, path: string): string[] {
  if (amount === undefined || !isFractional(amount)) return []
  return [`${path}: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`]
}

const seccompWarning = (profile: object | undefined, annotations: Readonly<Record<string, string>>, key: string) =>
  profile || !(key in annotations)
    ? []
    : [`metadata.annotations[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`]

function containerWarnings({ container, path }: Placed, annotations: Readonly<Record<string, string>>): string[] {
  const { limits, requests } = container.resources ?? {}
  return [
    ...seccompWarning(container.securityContext?.seccompProfile, annotations, seccompContainerPrefix + container.name),
    ...['memory', 'ephemeral-storage'].flatMap((name) => [
      ...fractionWarning(own(limits, name), `${path}.resources.limits[${name}]`),
      ...fractionWarning(own(requests, name), `${path}.resources.requests[${name}]`),
    ]),
    ...hiddenVariables(container, path),
  ]
}

/** A variable may be given again when it builds on what it was before. */
function hiddenVariables({ env }: Pick<Container, 'env'>, path: string): string[] {
  const seen = new Set<string>()
  return (env ?? []).flatMap((variable, i) => {
    const { name } = variable
    if (seen.has(name) && hides(variable))
      return [
        `${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
      ]
    seen.add(name)
    return []
  })
}

function hides({ name, value = '', valueFrom }: EnvVar): boolean {
  const reference = `$(${name})`
  return valueFrom !== undefined || value === reference || !value.includes(reference)
}

const addressWarnings = ({ dnsConfig, hostAliases }: PodSpec): string[] => [
  ...(dnsConfig?.nameservers ?? []).flatMap((ip, i) => nonStandardIp(`spec.dnsConfig.nameservers[${i}]`, ip)),
  ...(hostAliases ?? []).flatMap(({ ip }, i) => nonStandardIp(`spec.hostAliases[${i}].ip`, ip)),
]
