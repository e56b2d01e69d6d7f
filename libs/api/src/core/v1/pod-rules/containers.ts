/**
 * A pod's containers: those that run, those that prepare, and those that come to debug.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateContainers, validateInitContainers,
 * validateEphemeralContainers, validateContainerCommon)
 */
import {
  append,
  duplicateValue,
  type FieldError,
  type FieldPath,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isPortName,
  isPortNumber,
  missing,
  notFoundValue,
  required,
  ruleErrorsWhenSet,
  unlisted,
} from '@ensign/apimachinery'
import type { Container, ContainerPort, EphemeralContainer, PodSpec } from '../../../generated/core-v1.ts'
import { environmentErrors, environmentFromErrors } from './environment.ts'
import { handlerErrorsOf } from './handlers.ts'
import { pullPolicyErrors } from './image.ts'
import { mountErrors } from './mounts.ts'
import { containerResourceErrors } from './resources.ts'
import { initRestartErrors, resizeErrors, restartErrors } from './restarts.ts'
import { containerSecurityErrors } from './security-context.ts'
import type { Mountable } from './volumes.ts'

/** What containers are checked against. */
interface Surroundings {
  readonly spec: PodSpec
  readonly mountable: Mountable
  readonly claimNames: ReadonlySet<string>
}

export function containerErrors(surroundings: Surroundings): FieldError[] {
  const { spec } = surroundings
  return [
    ...runningErrors(spec.containers ?? [], surroundings),
    ...initErrors(spec.initContainers ?? [], surroundings),
    ...ephemeralErrors(spec.ephemeralContainers ?? [], surroundings),
  ]
}

function runningErrors(containers: readonly Container[], surroundings: Surroundings): FieldError[] {
  const path = 'spec.containers'
  if (containers.length === 0) return [required(path)]
  const gracePeriod = surroundings.spec.terminationGracePeriodSeconds
  const names = new Set<string>()
  const errors = containers.flatMap((container, i) => {
    const at = `${path}[${i}]`
    const found = commonErrors(container, surroundings, at)
    if (names.has(container.name)) found.push(duplicateValue(`${at}.name`, container.name))
    names.add(container.name)
    append(found, handlerErrorsOf(container, gracePeriod, at), restartErrors(container, at))
    return found
  })
  return [...errors, ...hostPortErrors(containers, path)]
}

const sidecarOnly = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const

function initErrors(containers: readonly Container[], surroundings: Surroundings): FieldError[] {
  const path = 'spec.initContainers'
  const gracePeriod = surroundings.spec.terminationGracePeriodSeconds
  const names = new Set(surroundings.spec.containers?.map((c) => c.name))
  return containers.flatMap((container, i) => {
    const at = `${path}[${i}]`
    const isSidecar = container.restartPolicy === 'Always'
    const errors = [...commonErrors(container, surroundings, at), ...initRestartErrors(container, at)]
    if (names.has(container.name)) errors.push(duplicateValue(`${at}.name`, container.name))
    else if (container.name) names.add(container.name)
    // They run one by one, so that only a container's own ports can collide; told of the first, whichever it is.
    append(errors, hostPortErrors([container], path))
    if (isSidecar) append(errors, handlerErrorsOf(container, gracePeriod, at))
    else {
      for (const name of sidecarOnly)
        if (container[name])
          errors.push(
            forbiddenField(`${at}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
          )
      container.resizePolicy?.forEach(({ restartPolicy }, j) => {
        if (restartPolicy === 'RestartContainer')
          errors.push(
            invalidValue(
              `${at}.resizePolicy[${j}].restartPolicy`,
              restartPolicy,
              "must not be set to 'RestartContainer' for non-sidecar initContainers",
            ),
          )
      })
    }
    return errors
  })
}

/** What a container that comes to debug may not have, in the order of upstream's struct. */
const notEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

function ephemeralErrors(containers: readonly EphemeralContainer[], surroundings: Surroundings): FieldError[] {
  if (containers.length === 0) return []
  const { spec } = surroundings
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((c) => c.name))
  const names = new Set(others)
  const why = 'cannot be set for an Ephemeral Container'
  return containers.flatMap((container, i) => {
    const at = `spec.ephemeralContainers[${i}]`
    const { name, targetContainerName } = container
    const errors = [...commonErrors(container, surroundings, at), ...imageErrors(container, at)]
    if (names.has(name)) errors.push(duplicateValue(`${at}.name`, name))
    names.add(name)
    if (targetContainerName && !others.has(targetContainerName))
      errors.push(notFoundValue(`${at}.targetContainerName`, targetContainerName))
    for (const member of notEphemeral) if (isSet(container[member])) errors.push(forbiddenField(`${at}.${member}`, why))
    container.volumeMounts?.forEach(({ subPath, subPathExpr }, j) => {
      if (subPath) errors.push(forbiddenField(`${at}.volumeMounts[${j}].subPath`, why))
      if (subPathExpr) errors.push(forbiddenField(`${at}.volumeMounts[${j}].subPathExpr`, why))
    })
    return errors
  })
}

/** Resources are a member that is always there, be it empty. */
const isSet = (value: unknown): boolean =>
  value !== undefined && value !== '' && !(typeof value === 'object' && Object.keys(value as object).length === 0)

const messagePolicies = ['File', 'FallbackToLogsOnError'] as const

/** validateContainerCommon. */
function commonErrors(
  container: Container | EphemeralContainer,
  { spec, mountable, claimNames }: Surroundings,
  path: FieldPath,
): FieldError[] {
  const { terminationMessagePolicy: policy } = container
  return [
    ...ruleErrorsWhenSet(`${path}.name`, container.name, isDns1123Label),
    ...missing(`${path}.image`, container.image),
    ...(policy
      ? unlisted(`${path}.terminationMessagePolicy`, policy, messagePolicies)
      : [required(`${path}.terminationMessagePolicy`)]),
    ...portErrors(container.ports ?? [], `${path}.ports`),
    ...environmentErrors(container.env, `${path}.env`),
    ...environmentFromErrors(container.envFrom, `${path}.envFrom`),
    ...mountErrors(container, mountable, path),
    ...pullPolicyErrors(container.imagePullPolicy, `${path}.imagePullPolicy`),
    ...containerResourceErrors(container.resources, claimNames, `${path}.resources`),
    ...resizeErrors(container, spec.restartPolicy, `${path}.resizePolicy`),
    ...containerSecurityErrors(container.securityContext, spec.hostUsers !== false, `${path}.securityContext`),
  ]
}

const protocols = ['SCTP', 'TCP', 'UDP'] as const

function portErrors(ports: readonly ContainerPort[], path: FieldPath): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = []
    if (name) {
      const problems = isPortName(name)
      append(
        errors,
        problems.map((text) => invalidValue(`${at}.name`, name, text)),
      )
      if (problems.length === 0 && names.has(name)) errors.push(duplicateValue(`${at}.name`, name))
      if (problems.length === 0) names.add(name)
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`))
    else
      append(
        errors,
        isPortNumber(containerPort).map((text) => invalidValue(`${at}.containerPort`, containerPort, text)),
      )
    if (hostPort)
      append(
        errors,
        isPortNumber(hostPort).map((text) => invalidValue(`${at}.hostPort`, hostPort, text)),
      )
    append(errors, protocol ? unlisted(`${at}.protocol`, protocol, protocols) : [required(`${at}.protocol`)])
    return errors
  })
}

/** AccumulateUniqueHostPorts: no two containers can have one port of a node. */
function hostPortErrors(containers: readonly Container[], path: FieldPath): FieldError[] {
  const taken = new Set<string>()
  return containers.flatMap(({ ports }, i) =>
    (ports ?? []).flatMap(({ protocol, hostIP = '', hostPort }, j) => {
      if (!hostPort) return []
      const port = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(port)) return [duplicateValue(`${path}[${i}].ports[${j}].hostPort`, port)]
      taken.add(port)
      return []
    }),
  )
}

/** Only of pods, not of templates, and therefore after everything else. */
export const imagesErrors = ({ containers, initContainers }: PodSpec): FieldError[] => [
  ...(containers ?? []).flatMap((container, i) => imageErrors(container, `spec.containers[${i}]`)),
  ...(initContainers ?? []).flatMap((container, i) => imageErrors(container, `spec.initContainers[${i}]`)),
]

const imageErrors = ({ image = '' }: Pick<Container, 'image'>, path: FieldPath): FieldError[] =>
  image.length === image.trim().length
    ? []
    : [invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace')]
