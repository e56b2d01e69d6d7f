/**
 * Checks of a service's addresses and their families.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (ValidateServiceClusterIPsRelatedFields,
 * validateUpgradeDowngradeClusterIPs, validateUpgradeDowngradeIPFamilies)
 */
import {
  duplicateValue,
  type FieldError,
  invalidValue,
  ipNumber,
  isLegacyIp,
  notSupported,
  required,
  ruleErrors,
} from '@ensign/apimachinery'
import type { Service } from '../../generated/core-v1.ts'
import { isHeadless, needsAddress, noAddress, type Spec } from './service-types.ts'

const families = ['IPv4', 'IPv6']
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const addresses = 'spec.clusterIPs'

export function validateAddresses({ spec }: Service, old?: Service): FieldError[] {
  if (!needsAddress(spec)) return []
  const { clusterIPs = [] } = spec
  const errors = [...validateFirstAddress(spec), ...validateFamilies(spec)]
  const badAddresses = clusterIPs.flatMap((ip, i) => {
    if (i > 0 || ip !== noAddress)
      return old?.spec.clusterIPs?.includes(ip) ? [] : ruleErrors(`${addresses}[${i}]`, ip, isLegacyIp)
    return clusterIPs.length > 1 ? [invalidValue(addresses, clusterIPs, "'None' must be the first and only value")] : []
  })
  errors.push(...badAddresses)
  if (clusterIPs.length > 2) errors.push(invalidValue(addresses, clusterIPs, 'may only hold up to 2 values'))
  if (badAddresses.length > 0) return errors
  const found = clusterIPs.map((ip) => ipNumber(ip)?.family)
  if (clusterIPs.length > 1 && new Set(found).size < 2)
    errors.push(invalidValue(addresses, clusterIPs, 'may specify no more than one IP for each IP family'))
  if (isHeadless(spec)) return errors
  for (const [i, ip] of clusterIPs.entries()) {
    const family = spec.ipFamilies?.[i]
    if (family && families.includes(family) && found[i] !== family)
      errors.push(
        invalidValue(`${addresses}[${i}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``),
      )
  }
  return errors
}

/** `clusterIP` is the first of `clusterIPs`. */
function validateFirstAddress({ clusterIP, clusterIPs = [] }: Spec): FieldError[] {
  if (clusterIP && clusterIPs.length === 0) return [required(addresses)]
  if (clusterIP && clusterIPs[0] !== clusterIP)
    return [invalidValue(addresses, clusterIPs, 'first value must match `clusterIP`')]
  if (!clusterIP && clusterIPs.length > 0)
    return [invalidValue(addresses, clusterIPs, 'must be empty when `clusterIP` is not specified')]
  return []
}

const validateFamilies = ({ ipFamilies = [], ipFamilyPolicy }: Spec): FieldError[] => [
  ...ipFamilies.flatMap((family, i) => [
    ...(families.includes(family) ? [] : [notSupported(`spec.ipFamilies[${i}]`, family, families)]),
    ...(ipFamilies.indexOf(family) < i ? [duplicateValue(`spec.ipFamilies[${i}]`, family)] : []),
  ]),
  ...(ipFamilyPolicy === undefined || policies.includes(ipFamilyPolicy)
    ? []
    : [notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies)]),
]

const once = 'may not change once set'

/** The first address and family stay; a second one may come, and goes when the policy says so. */
export function validateAddressChange({ spec }: Service, { spec: old }: Service): FieldError[] {
  if (!needsAddress(spec) || !needsAddress(old)) return []
  const [now, before] = [isHeadless(spec), isHeadless(old)]
  return [
    ...(now && before ? [] : changeErrors('clusterIPs', 'clusterIP', spec, old)),
    ...(now || before ? [] : changeErrors('ipFamilies', 'ipFamily', spec, old)),
  ]
}

function changeErrors(list: 'clusterIPs' | 'ipFamilies', one: string, spec: Spec, old: Spec): FieldError[] {
  const [now, before] = [spec[list] ?? [], old[list] ?? []]
  const changed = (at: number) => invalidValue(`spec.${list}[${at}]`, now, once)
  if (now.length === before.length) {
    // Of families the first is named, whichever changed.
    return before.flatMap((value, i) => (value === now[i] ? [] : [changed(list === 'clusterIPs' ? i : 0)]))
  }
  const errors: FieldError[] = []
  const isReleased = now.length < before.length
  if (isReleased && !spec.clusterIPs?.length)
    errors.push(invalidValue(`spec.${list}[0]`, now, `primary ${one} can not be unset`))
  if (now.length > 0 && before.length > 0 && now[0] !== before[0]) errors.push(changed(0))
  if (isReleased && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const why = `must be set to 'SingleStack' when releasing the secondary ${one}`
    errors.push(invalidValue('spec.ipFamilyPolicy', spec.ipFamilyPolicy, why))
  }
  return errors
}
