/**
 * What a kubelet does to learn how a container is, or when it starts and stops: probes and lifecycle hooks.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateProbe, validateHandler, validateLifecycle)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  forbiddenField,
  type Int64,
  invalidValue,
  isHttpHeaderName,
  isPortName,
  isPortNumber,
  missing,
  negative,
  required,
  ruleErrors,
  unlisted,
} from '@ensign/apimachinery'
import type { Container, HTTPGetAction, LifecycleHandler, Probe, ProbeHandler } from '../../../generated/core-v1.ts'

/** @param gracePeriod seconds that the pod has to stop */
export function handlerErrorsOf(container: Container, gracePeriod: Int64 | undefined, path: FieldPath): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  const errors: FieldError[] = []
  if (lifecycle?.postStart)
    append(errors, handlerErrors(lifecycle.postStart, gracePeriod, `${path}.lifecycle.postStart`))
  if (lifecycle?.preStop) append(errors, handlerErrors(lifecycle.preStop, gracePeriod, `${path}.lifecycle.preStop`))
  if (livenessProbe) append(errors, onceErrors(livenessProbe, gracePeriod, `${path}.livenessProbe`))
  if (readinessProbe) append(errors, readinessErrors(readinessProbe, gracePeriod, `${path}.readinessProbe`))
  if (startupProbe) append(errors, onceErrors(startupProbe, gracePeriod, `${path}.startupProbe`))
  return errors
}

/** A probe that has told enough with one success. */
const onceErrors = (probe: Probe, gracePeriod: Int64 | undefined, path: FieldPath): FieldError[] => [
  ...probeErrors(probe, gracePeriod, path),
  ...(probe.successThreshold === 1
    ? []
    : [invalidValue(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')]),
]

const readinessErrors = (probe: Probe, gracePeriod: Int64 | undefined, path: FieldPath): FieldError[] => [
  ...probeErrors(probe, gracePeriod, path),
  ...(probe.terminationGracePeriodSeconds === undefined
    ? []
    : [
        invalidValue(
          `${path}.terminationGracePeriodSeconds`,
          probe.terminationGracePeriodSeconds,
          'must not be set for readinessProbes',
        ),
      ]),
]

const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const

function probeErrors(probe: Probe, gracePeriod: Int64 | undefined, path: FieldPath): FieldError[] {
  const { terminationGracePeriodSeconds: seconds } = probe
  return [
    ...handlerErrors(probe, gracePeriod, path),
    ...counts.flatMap((name) => negative(`${path}.${name}`, probe[name])),
    ...(seconds !== undefined && seconds <= 0
      ? [invalidValue(`${path}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0')]
      : []),
  ]
}

/** Of the kinds of handlers the first is checked, and each further one is one too many. */
function handlerErrors(
  handler: ProbeHandler & LifecycleHandler,
  gracePeriod: Int64 | undefined,
  path: FieldPath,
): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler
  const found: [string, (at: FieldPath) => FieldError[]][] = []
  if (exec) found.push(['exec', (at) => (exec.command?.length ? [] : [required(`${at}.command`)])])
  if (httpGet) found.push(['httpGet', (at) => httpErrors(httpGet, at)])
  if (tcpSocket) found.push(['tcpSocket', (at) => portErrors(tcpSocket.port, `${at}.port`)])
  if (grpc) found.push(['grpc', (at) => portErrors(grpc.port, `${at}.port`)])
  if (sleep) found.push(['sleep', (at) => sleepErrors(sleep.seconds, gracePeriod, at)])
  if (found.length === 0) return [required(path, 'must specify a handler type')]
  return found.flatMap(([name, errorsOf], i) =>
    i === 0
      ? errorsOf(`${path}.${name}`)
      : [forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type')],
  )
}

const schemes = ['HTTP', 'HTTPS'] as const

const httpErrors = ({ path: target, port, scheme = '', httpHeaders }: HTTPGetAction, path: FieldPath): FieldError[] => [
  ...missing(`${path}.path`, target),
  ...portErrors(port, `${path}.port`),
  ...unlisted(`${path}.scheme`, scheme, schemes),
  ...(httpHeaders ?? []).flatMap(({ name }) => ruleErrors(`${path}.httpHeaders`, name, isHttpHeaderName)),
]

/** ValidatePortNumOrName. */
const portErrors = (port: number | string, path: FieldPath): FieldError[] =>
  typeof port === 'number'
    ? isPortNumber(port).map((text) => invalidValue(path, port, text))
    : ruleErrors(path, port, isPortName)

const sleepErrors = (seconds: Int64, gracePeriod: Int64 | undefined, path: FieldPath): FieldError[] =>
  gracePeriod !== undefined && (seconds < 0 || seconds > gracePeriod)
    ? [invalidValue(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`)]
    : []
