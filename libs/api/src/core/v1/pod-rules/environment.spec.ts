import { expect, test } from 'vitest'
import { containerCauses } from '../../../fixtures/pod-causes.ts'

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const from = (valueFrom: object, more: object = {}) => ({ env: [{ name: 'E', valueFrom, ...more }] })
const sources = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'

test.each<[string, object, string[]]>([
  [
    'has a name that a process can be given',
    { env: [{ value: 'x' }, { name: 'a=b' }, { name: '1 odd:name' }] },
    [
      'env[0].name: Required value',
      `env[1].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    ],
  ],
  ['comes from somewhere', from({}), [`env[0].valueFrom: Invalid value: "": must specify one of: ${sources}`]],
  [
    'comes from one place',
    from({ fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 's', key: 'k' } }),
    ['env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time'],
  ],
  [
    'has a value or a source',
    from({ fieldRef: { fieldPath: 'metadata.name' } }, { value: 'x' }),
    ['env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
  ],
  ['may be the name of the node', from({ fieldRef: { fieldPath: 'spec.host' } }), []],
  ['may be a label', from({ fieldRef: { fieldPath: "metadata.labels['app']" } }), []],
  [
    'is a field that variables can be',
    from({ fieldRef: { fieldPath: 'metadata.labels' } }),
    [
      'env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
    ],
  ],
  [
    'is a field that there is',
    from({ fieldRef: { fieldPath: 'spec.magic' } }),
    [
      'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.magic": error converting fieldPath: field label not supported: spec.magic',
    ],
  ],
  [
    'is a field of a version that there is',
    from({ fieldRef: { apiVersion: 'v2', fieldPath: 'metadata.name' } }),
    [
      'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath: unsupported pod version: v2',
    ],
  ],
  [
    'takes no key of what has none',
    from({ fieldRef: { fieldPath: "metadata.name['a']" } }),
    [
      `env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name['a']": error converting fieldPath: field label does not support subscript: metadata.name['a']`,
    ],
  ],
  ['may count pages', from({ resourceFieldRef: { resource: 'limits.hugepages-2Mi', divisor: '1Mi' } }), []],
  [
    'is a known resource in known units',
    {
      env: [
        { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } },
        { name: 'B', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } },
      ],
    },
    [
      'env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
      `env[1].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
    ],
  ],
  [
    'names its Secret and key',
    from({ secretKeyRef: { name: 'S', key: 'a b' } }),
    [
      `env[0].valueFrom.secretKeyRef.name: Invalid value: "S": ${subdomain}`,
      `env[0].valueFrom.secretKeyRef.key: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
    ],
  ],
  [
    'is read from a file of an empty volume',
    from({ fileKeyRef: { volumeName: 'none', path: '../x', key: '' } }),
    [
      'env[0].valueFrom.fileKeyRef.key: Required value',
      `env[0].valueFrom.fileKeyRef.path: Invalid value: "../x": must not contain '..'`,
      'env[0].valueFrom.fileKeyRef.volumeName: Not found: "none"',
    ],
  ],
])('a variable %s', (_, container, causes) => {
  expect(containerCauses(container)).toEqual(causes)
})

test('a set of variables comes from one place, whose name may end like a prefix', () => {
  const envFrom = [{ secretRef: { name: 's-' } }, {}, { prefix: '=', configMapRef: {} }]
  expect(containerCauses({ envFrom })).toEqual([
    'envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
    `envFrom[2].prefix: Invalid value: "=": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    'envFrom[2].configMapRef.name: Required value',
  ])
})
