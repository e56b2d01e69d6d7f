/**
 * Ports that two containers of a pod both claim.
 * Source: kubernetes/kubernetes pkg/api/pod/warnings.go, warningsForPodSpecAndMeta
 */
import type { ContainerPort } from '../../../generated/core-v1.ts'
import { limits } from '../../../limits.ts'
import type { Placed } from '../pod-rules/containers-of.ts'

interface PlacedPort extends ContainerPort {
  readonly path: string
}

export function portWarnings(containers: readonly Placed[]): string[] {
  const ports = containers.flatMap(({ container, path }) =>
    (container.ports ?? []).map((port, i): PlacedPort => ({ ...port, path: `${path}.ports[${i}]` })),
  )
  return ports.length === 0 ? [] : [...numberWarnings(ports), ...nameWarnings(ports)]
}

function numberWarnings(ports: readonly PlacedPort[]): string[] {
  const before = new Map<string, PlacedPort[]>()
  const warnings: string[] = []
  let pairs = 0
  for (const port of ports) {
    if (port.hostIP && !port.hostPort) warnings.push(`${port.path}: hostIP set without hostPort: ${goStruct(port)}`)
    const key = `${port.containerPort}/${port.protocol}`
    const others = before.get(key) ?? []
    for (const other of others) {
      const how = relation(port, other)
      if (how) warnings.push(`${port.path}: ${how} port definition with ${other.path}`)
      if (++pairs > limits.comparedPairsMax || warnings.length > limits.warningsMax) return warnings
    }
    others.push(port)
    before.set(key, others)
  }
  return warnings
}

function relation(port: ContainerPort, other: ContainerPort): string | undefined {
  const { hostIP = '', hostPort = 0 } = port
  const { hostIP: otherIp = '', hostPort: otherPort = 0 } = other
  if (hostIP === otherIp && hostPort === otherPort) return 'duplicate'
  // An unset host port says nothing that another has not said, whatever the addresses.
  if (hostPort === 0 || otherPort === 0) return 'overlapping'
  return hostPort === otherPort && (hostIP === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined
}

/** `%+v` of upstream's struct. */
const goStruct = ({ name = '', hostPort = 0, containerPort, protocol = '', hostIP = '' }: ContainerPort): string =>
  `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`

function nameWarnings(ports: readonly PlacedPort[]): string[] {
  const first = new Map<string, string>()
  return ports.flatMap(({ name, path }) => {
    if (!name) return []
    const other = first.get(name)
    if (other !== undefined)
      return [
        `${path}: duplicate port name ${JSON.stringify(name)} with ${other}, services and probes that select ports by name will use ${other}`,
      ]
    first.set(name, path)
    return []
  })
}
