import { expect, test } from 'vitest'
import { containerCauses } from '../../../fixtures/pod-causes.ts'

const exec = { command: ['true'] }

test.each<[string, object, string[]]>([
  ['is fine', { livenessProbe: { exec } }, []],
  ['has a handler', { livenessProbe: {} }, ['livenessProbe: Required value: must specify a handler type']],
  [
    'has one handler',
    { readinessProbe: { exec, tcpSocket: { port: 1 } } },
    ['readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
  ],
  ['runs a command', { startupProbe: { exec: {} } }, ['startupProbe.exec.command: Required value']],
  [
    'asks a port with a known scheme and real headers',
    { livenessProbe: { httpGet: { port: 'A', scheme: 'FTP', httpHeaders: [{ name: 'X_Y', value: '' }] } } },
    [
      'livenessProbe.httpGet.port: Invalid value: "A": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'livenessProbe.httpGet.port: Invalid value: "A": must contain at least one letter (a-z)',
      'livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
      `livenessProbe.httpGet.httpHeaders: Invalid value: "X_Y": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
    ],
  ],
  [
    'asks a port that there can be',
    { livenessProbe: { grpc: { port: 0 } }, startupProbe: { tcpSocket: { port: 65536 } } },
    [
      'livenessProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'startupProbe.tcpSocket.port: Invalid value: 65536: must be between 1 and 65535, inclusive',
    ],
  ],
  [
    'counts from nothing up, and lives after one success',
    { livenessProbe: { exec, periodSeconds: -1, successThreshold: 2, terminationGracePeriodSeconds: 0 } },
    [
      'livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
      'livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
      'livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
  ],
  [
    'does not end what is only not ready',
    { readinessProbe: { exec, successThreshold: 2, terminationGracePeriodSeconds: 5 } },
    ['readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes'],
  ],
  [
    'sleeps no longer than the pod has to stop',
    { lifecycle: { preStop: { sleep: { seconds: 31 } }, postStart: { sleep: { seconds: 0 } } } },
    [
      'lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
  ],
  [
    'leaves no hook empty',
    { lifecycle: { postStart: {} } },
    ['lifecycle.postStart: Required value: must specify a handler type'],
  ],
])('a probe or hook %s', (_, container, causes) => {
  expect(containerCauses(container)).toEqual(causes)
})
