/**
 * A pod's names and how it resolves those of others; what follows when it uses its node's network.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validatePodDNSConfig, ValidateHostAliases,
 * validatePodHostNetworkDeps, validatePodHostName)
 */
import {
  append,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Subdomain,
  isDns1123SubdomainWithUnderscore,
  isLegacyIp,
  required,
  ruleErrors,
  tooLong,
} from '@ensign/apimachinery'
import type { HostAlias, PodSpec } from '../../../generated/core-v1.ts'

/** What the C library's resolver takes. Source: validation.go, MaxDNSNameservers and its like */
const dnsLimits = { nameservers: 3, searches: 32, searchCharacters: 2048 } as const

export function dnsErrors({ dnsPolicy, dnsConfig }: PodSpec): FieldError[] {
  const path = 'spec.dnsConfig'
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if (!dnsConfig.nameservers?.length)
      return [required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
  }
  if (!dnsConfig) return []
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const errors: FieldError[] = []
  const tooMuch = (member: string, list: readonly string[], what: string) =>
    errors.push(invalidValue(`${path}.${member}`, list, `must not have more than ${what}`))
  if (nameservers.length > dnsLimits.nameservers)
    tooMuch('nameservers', nameservers, `${dnsLimits.nameservers} nameservers`)
  append(
    errors,
    nameservers.flatMap((ip, i) => ruleErrors(`${path}.nameservers[${i}]`, ip, isLegacyIp)),
  )
  if (searches.length > dnsLimits.searches) tooMuch('searches', searches, `${dnsLimits.searches} search paths`)
  if (searches.join(' ').length > dnsLimits.searchCharacters)
    tooMuch('searches', searches, `${dnsLimits.searchCharacters} characters (including spaces) in the search list`)
  for (const [i, search] of searches.entries())
    if (search !== '.')
      append(errors, ruleErrors(`${path}.searches[${i}]`, search.replace(/\.$/, ''), isDns1123SubdomainWithUnderscore))
  for (const [i, { name }] of options.entries())
    if (!name) errors.push(required(`${path}.options[${i}]`, 'must not be empty'))
  return errors
}

export const hostAliasErrors = (aliases: readonly HostAlias[] | undefined): FieldError[] =>
  (aliases ?? []).flatMap(({ ip, hostnames }, i) => [
    ...ruleErrors(`spec.hostAliases[${i}].ip`, ip, isLegacyIp),
    ...(hostnames ?? []).flatMap((name, j) =>
      ruleErrors(`spec.hostAliases[${i}].hostnames[${j}]`, name, isDns1123Subdomain),
    ),
  ])

export const hostNetworkErrors = ({ hostNetwork, containers }: PodSpec): FieldError[] =>
  hostNetwork
    ? (containers ?? []).flatMap(({ ports }, i) =>
        (ports ?? []).flatMap(({ hostPort = 0, containerPort }, j) =>
          hostPort === containerPort
            ? []
            : [
                invalidValue(
                  `spec.containers[${i}].ports[${j}].hostPort`,
                  hostPort,
                  'must match `containerPort` when `hostNetwork` is true',
                ),
              ],
        ),
      )
    : []

/** Characters. The limit of Linux' sethostname. */
const hostnameMax = 64

export function hostnameOverrideErrors(spec: PodSpec): FieldError[] {
  const { hostnameOverride: name, setHostnameAsFQDN, hostNetwork } = spec
  const path = 'spec.hostnameOverride'
  if (name === undefined) return []
  return [
    ...(setHostnameAsFQDN ? [forbiddenField(path, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(hostNetwork ? [forbiddenField(path, 'may not be specified when hostNetwork is true')] : []),
    ...(name.length > hostnameMax ? [tooLong(path, hostnameMax)] : []),
    ...ruleErrors(path, name, isDns1123Subdomain),
  ]
}
