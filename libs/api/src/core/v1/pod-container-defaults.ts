/**
 * What a container is taken to say where it says nothing.
 * Source: kubernetes/kubernetes pkg/apis/core/v1/{defaults,zz_generated.defaults}.go
 */
import type {
  Container,
  EnvVar,
  EphemeralContainer,
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  ObjectFieldSelector,
  Probe,
  ResourceRequirements,
} from '../../generated/core-v1.ts'
import { withoutTinyParts } from './pod-rules/amounts.ts'
import { tagOf } from './pod-rules/image.ts'

export const pullPolicyFor = (image: string | undefined): string =>
  tagOf(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent'

/** What is limited is requested, unless something else is. */
export function withContainerDefaults(container: Container): Container {
  const next = withCommonDefaults(container)
  const { limits, requests } = next.resources
  return limits ? { ...next, resources: { ...next.resources, requests: { ...limits, ...requests } } } : next
}

export const withEphemeralContainerDefaults = (container: EphemeralContainer): EphemeralContainer =>
  withCommonDefaults(container)

function withCommonDefaults<T extends Container | EphemeralContainer>(container: T): T {
  const { ports, env, lifecycle } = container
  return {
    ...container,
    ...(ports && { ports: ports.map((p) => (p.protocol ? p : { ...p, protocol: 'TCP' })) }),
    ...(env && { env: env.map(withVariableDefaults) }),
    resources: withRoundedResources(container.resources ?? {}),
    ...probes(container),
    ...(lifecycle && { lifecycle: withLifecycleDefaults(lifecycle) }),
    terminationMessagePath: container.terminationMessagePath || '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy || 'File',
    imagePullPolicy: container.imagePullPolicy || pullPolicyFor(container.image),
  }
}

export const withRoundedAmounts = <T extends Record<string, string> | undefined>(amounts: T): T =>
  (amounts && Object.fromEntries(Object.entries(amounts).map(([name, a]) => [name, withoutTinyParts(a)]))) as T

export function withRoundedResources<T extends Pick<ResourceRequirements, 'limits' | 'requests'>>(resources: T): T {
  const { limits, requests } = resources
  return {
    ...resources,
    ...(limits && { limits: withRoundedAmounts(limits) }),
    ...(requests && { requests: withRoundedAmounts(requests) }),
  }
}

export const withFieldDefaults = (selector: ObjectFieldSelector): ObjectFieldSelector => ({
  ...selector,
  apiVersion: selector.apiVersion || 'v1',
})

function withVariableDefaults(variable: EnvVar): EnvVar {
  const { fieldRef, fileKeyRef } = variable.valueFrom ?? {}
  if (!fieldRef && !fileKeyRef) return variable
  return {
    ...variable,
    valueFrom: {
      ...variable.valueFrom,
      ...(fieldRef && { fieldRef: withFieldDefaults(fieldRef) }),
      ...(fileKeyRef && { fileKeyRef: { ...fileKeyRef, optional: fileKeyRef.optional ?? false } }),
    },
  }
}

const probeNames = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const

function probes(container: Container | EphemeralContainer): Partial<Container> {
  const found: Partial<Container> = {}
  for (const name of probeNames) {
    const probe = container[name]
    if (probe) found[name] = withProbeDefaults(probe)
  }
  return found
}

const withProbeDefaults = (probe: Probe): Probe => ({
  ...probe,
  ...(probe.httpGet && { httpGet: withHttpDefaults(probe.httpGet) }),
  ...(probe.grpc && { grpc: { ...probe.grpc, service: probe.grpc.service ?? '' } }),
  timeoutSeconds: probe.timeoutSeconds || 1,
  periodSeconds: probe.periodSeconds || 10,
  successThreshold: probe.successThreshold || 1,
  failureThreshold: probe.failureThreshold || 3,
})

const withHttpDefaults = (action: HTTPGetAction): HTTPGetAction => ({
  ...action,
  path: action.path || '/',
  scheme: action.scheme || 'HTTP',
})

const withHandlerDefaults = (handler: LifecycleHandler): LifecycleHandler =>
  handler.httpGet ? { ...handler, httpGet: withHttpDefaults(handler.httpGet) } : handler

const withLifecycleDefaults = (lifecycle: Lifecycle): Lifecycle => ({
  ...lifecycle,
  ...(lifecycle.postStart && { postStart: withHandlerDefaults(lifecycle.postStart) }),
  ...(lifecycle.preStop && { preStop: withHandlerDefaults(lifecycle.preStop) }),
})
