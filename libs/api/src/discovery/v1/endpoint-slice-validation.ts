/**
 * What an EndpointSlice must be.
 * Source: kubernetes/kubernetes pkg/apis/discovery/validation/validation.go
 */
import {
  duplicateValue,
  endpointIpErrors,
  type FieldError,
  type FieldPath,
  invalidValue,
  ipNumber,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelKey,
  isLegacyIp,
  isPortNumber,
  jsonEqual,
  notSupported,
  required,
  ruleErrors,
  tooMany,
} from '@ensign/apimachinery'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../generated/discovery-v1.ts'

const addressTypes = ['FQDN', 'IPv4', 'IPv6']
const protocols = ['SCTP', 'TCP', 'UDP']
const max = { endpoints: 1000, addresses: 100, ports: 20_000, hints: 8 } as const

export function validateEndpointSlice(slice: EndpointSlice, old?: EndpointSlice): FieldError[] {
  const { addressType, endpoints, ports } = slice
  const errors: FieldError[] = []
  if (!addressType) errors.push(required('addressType'))
  else if (!addressTypes.includes(addressType)) errors.push(notSupported('addressType', addressType, addressTypes))
  if (old && addressType !== old.addressType)
    errors.push(invalidValue('addressType', addressType, 'field is immutable'))
  // What an older version let in may stay.
  if (!old || !jsonEqual(endpoints, old.endpoints)) errors.push(...endpointErrors(endpoints ?? [], addressType))
  return [...errors, ...portErrors(ports ?? [])]
}

function endpointErrors(endpoints: readonly Endpoint[], addressType: string): FieldError[] {
  if (endpoints.length > max.endpoints) return [tooMany('endpoints', endpoints.length, max.endpoints)]
  return endpoints.flatMap((endpoint, i) => oneEndpointErrors(endpoint, addressType, `endpoints[${i}]`))
}

function oneEndpointErrors(endpoint: Endpoint, addressType: string, path: FieldPath): FieldError[] {
  const { addresses = [], hostname, nodeName, hints } = endpoint
  const errors: FieldError[] = []
  if (!addresses?.length) errors.push(required(`${path}.addresses`, 'must contain at least 1 address'))
  else if (addresses.length > max.addresses) errors.push(tooMany(`${path}.addresses`, addresses.length, max.addresses))
  for (const [i, address] of (addresses ?? []).slice(0, max.addresses).entries())
    errors.push(...addressErrors(address, addressType, `${path}.addresses[${i}]`))
  if (nodeName !== undefined) errors.push(...ruleErrors(`${path}.nodeName`, nodeName, isDns1123Subdomain))
  if (hostname !== undefined) errors.push(...ruleErrors(`${path}.hostname`, hostname, isDns1123Label))
  for (const list of ['forZones', 'forNodes'] as const) {
    const named = hints?.[list] ?? []
    if (named.length > max.hints) errors.push(tooMany(`${path}.hints.${list}`, named.length, max.hints))
    const seen = new Set<string>()
    for (const [i, { name }] of named.slice(0, max.hints).entries()) {
      if (seen.has(name)) errors.push(duplicateValue(`${path}.hints.${list}[${i}].name`, name))
      seen.add(name)
      errors.push(...ruleErrors(`${path}.hints.${list}[${i}].name`, name, isLabelKey))
    }
  }
  return errors
}

function addressErrors(address: string, addressType: string, path: FieldPath): FieldError[] {
  if (addressType === 'FQDN') return ruleErrors(path, address, isDns1123Subdomain)
  const malformed = ruleErrors(path, address, isLegacyIp)
  if (malformed.length > 0) return malformed
  if (ipNumber(address)?.family !== addressType)
    return [invalidValue(path, address, `must be an ${addressType} address`)]
  return endpointIpErrors(path, address)
}

function portErrors(ports: readonly EndpointPort[]): FieldError[] {
  if (ports.length > max.ports) return [tooMany('ports', ports.length, max.ports)]
  const seen = new Set<string>()
  return ports.flatMap(({ name = '', protocol, port, appProtocol }, i) => {
    const path = `ports[${i}]`
    const errors = name ? ruleErrors(`${path}.name`, name, isDns1123Label) : []
    if (seen.has(name)) errors.push(duplicateValue(`${path}.name`, name))
    seen.add(name)
    if (!protocol) errors.push(required(`${path}.protocol`))
    else if (!protocols.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, protocols))
    if (port !== undefined)
      errors.push(...isPortNumber(port).map((problem) => invalidValue(`${path}.port`, port, problem)))
    if (appProtocol !== undefined) errors.push(...ruleErrors(`${path}.appProtocol`, appProtocol, isLabelKey))
    return errors
  })
}
