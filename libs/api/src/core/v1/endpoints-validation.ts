/**
 * What Endpoints must be.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateEndpoints
 */
import {
  endpointIpErrors,
  type FieldError,
  type FieldPath,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelKey,
  isLegacyIp,
  isPortNumber,
  jsonEqual,
  required,
  ruleErrors,
  unlisted,
} from '@ensign/apimachinery'
import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints } from '../../generated/core-v1.ts'

export const protocols = ['SCTP', 'TCP', 'UDP']

export function validateEndpoints({ subsets = [] }: Endpoints, old?: Endpoints): FieldError[] {
  const errors = subsets.flatMap((subset, i) => validateSubset(subset, `subsets[${i}]`))
  // What an older version let in may stay.
  return errors.length > 0 && old && jsonEqual(subsets, old.subsets ?? []) ? [] : errors
}

function validateSubset({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset, path: FieldPath) {
  const isEmpty = addresses.length === 0 && notReadyAddresses.length === 0
  return [
    ...(isEmpty ? [required(path, 'must specify `addresses` or `notReadyAddresses`')] : []),
    ...addresses.flatMap((address, i) => validateAddress(address, `${path}.addresses[${i}]`)),
    ...notReadyAddresses.flatMap((address, i) => validateAddress(address, `${path}.notReadyAddresses[${i}]`)),
    ...ports.flatMap((port, i) => validatePort(port, ports.length > 1, `${path}.ports[${i}]`)),
  ]
}

const validateAddress = ({ ip, hostname, nodeName }: EndpointAddress, path: FieldPath): FieldError[] => [
  ...ruleErrors(`${path}.ip`, ip, isLegacyIp),
  ...(hostname ? ruleErrors(`${path}.hostname`, hostname, isDns1123Label) : []),
  ...(nodeName === undefined ? [] : ruleErrors(`${path}.nodeName`, nodeName, isDns1123Subdomain)),
  ...endpointIpErrors(`${path}.ip`, ip),
]

function validatePort(
  { name, port, protocol, appProtocol }: EndpointPort,
  nameRequired: boolean,
  path: FieldPath,
): FieldError[] {
  const nameErrors = name ? ruleErrors(`${path}.name`, name, isDns1123Label) : []
  return [
    ...(nameRequired && !name ? [required(`${path}.name`)] : nameErrors),
    ...isPortNumber(port).map((problem) => invalidValue(`${path}.port`, port, problem)),
    ...(protocol ? unlisted(`${path}.protocol`, protocol, protocols) : [required(`${path}.protocol`)]),
    ...(appProtocol === undefined ? [] : ruleErrors(`${path}.appProtocol`, appProtocol, isLabelKey)),
  ]
}
