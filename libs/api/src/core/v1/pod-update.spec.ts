import { decodeJson, type FieldError } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import { type Pod, PodSchema, type PodSpec } from '../../generated/core-v1.ts'
import { withPodDefaults } from './pod-defaults.ts'
import { ephemeralContainers } from './pod-ephemeral-update.ts'
import { resize } from './pod-resize.ts'
import { status } from './pod-status-update.ts'
import { podUpdateErrors } from './pod-update.ts'

const container = { name: 'main', image: 'app:1' }

function pod(spec: object = {}, more: { status?: object; metadata?: object } = {}): Pod {
  const metadata = { name: 'a', namespace: 'ns', uid: 'u', ...more.metadata }
  const given = { metadata, spec: { containers: [container], ...spec }, status: more.status ?? {} }
  return withPodDefaults(decodeJson<Pod>(PodSchema, given))
}

/** Type and path of each problem, and the first line of what is said about it. */
const told = (errors: readonly FieldError[] | undefined) =>
  (errors ?? []).map(
    ({ type, field, detail }) => `${type.replace('FieldValue', '')} ${field}: ${detail.split('\n')[0]}`,
  )

const context = { user: { username: 'u', groups: [] }, now: 0, warn: () => {} }

describe('an update of a pod', () => {
  const gated = { schedulingGates: [{ name: 'example.com/g' }] }
  const terms = (...values: string[]) => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: values.map((value) => ({
          matchExpressions: [{ key: 'zone', operator: 'In', values: [value] }],
        })),
      },
    },
  })
  const tolerated = { tolerations: [{ key: 'k', operator: 'Exists' }] }
  const only =
    'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

  test.each<[string, object, object, string[]]>([
    ['nothing', {}, {}, []],
    ['the image', {}, { containers: [{ ...container, image: 'app:2' }] }, []],
    [
      'an image with blanks',
      {},
      { containers: [{ ...container, image: ' app:2' }] },
      [
        'Invalid spec.containers[0].image: must not have leading or trailing whitespace',
        'Invalid spec.containers[0].image: must not have leading or trailing whitespace',
      ],
    ],
    [
      'another container',
      {},
      { containers: [container, { ...container, name: 'b' }] },
      ['Forbidden spec.containers: pod updates may not add or remove containers'],
    ],
    ['a command', {}, { containers: [{ ...container, command: ['x'] }] }, [`Forbidden spec: ${only}`]],
    ['a deadline', {}, { activeDeadlineSeconds: 5 }, []],
    ['a nearer deadline', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 4 }, []],
    [
      'a later deadline',
      { activeDeadlineSeconds: 5 },
      { activeDeadlineSeconds: 6 },
      ['Invalid spec.activeDeadlineSeconds: must be less than or equal to previous value'],
    ],
    [
      'no deadline any more',
      { activeDeadlineSeconds: 5 },
      {},
      ['Invalid spec.activeDeadlineSeconds: must not update from a positive integer to nil value'],
    ],
    ['one more toleration', {}, tolerated, []],
    [
      'how long is tolerated',
      { tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute' }] },
      {
        tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
      },
      [],
    ],
    [
      'a toleration less',
      tolerated,
      {},
      ['Forbidden spec.tolerations: existing toleration can not be modified except its tolerationSeconds'],
    ],
    ['a gate less', gated, {}, []],
    [
      'a gate more',
      {},
      gated,
      [
        "Forbidden spec.schedulingGates[0].name: only deletion is allowed, but found new scheduling gate 'example.com/g'",
      ],
    ],
    ['where it may run', {}, { nodeSelector: { a: 'b' } }, [`Forbidden spec: ${only}`]],
    ['where it may run, at a gate', gated, { ...gated, nodeSelector: { a: 'b' } }, []],
    [
      'where it had to run, at a gate',
      { ...gated, nodeSelector: { a: 'b' } },
      { ...gated, nodeSelector: { a: 'c' } },
      ['Invalid spec.nodeSelector: only additions to spec.nodeSelector are allowed (no mutations or deletions)'],
    ],
    ['a first affinity, at a gate', gated, { ...gated, affinity: terms('x') }, []],
    [
      'another affinity, at a gate',
      { ...gated, affinity: terms('x') },
      { ...gated, affinity: terms('y') },
      [
        'Invalid spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]: only additions are allowed (no mutations or deletions)',
      ],
    ],
    [
      'one affinity more, at a gate',
      { ...gated, affinity: terms('x') },
      { ...gated, affinity: terms('x', 'y') },
      [
        'Invalid spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: no additions/deletions to non-empty NodeSelectorTerms list are allowed',
      ],
    ],
  ])('changes %s', (_, old, next, problems) => {
    expect(told(podUpdateErrors(pod(next), pod(old)))).toEqual(problems)
  })

  test('shows what it would have changed', () => {
    const [error] = podUpdateErrors(pod({ hostname: 'b' }), pod({ hostname: 'a' }))
    expect(error?.detail).toContain('\n- "hostname": "a",\n+ "hostname": "b",\n')
  })

  test('does not make a mirror of a pod', () => {
    const annotations = { 'kubernetes.io/config.mirror': 'x' }
    const mirror = pod({ nodeName: 'n' }, { metadata: { annotations } })
    expect(told(podUpdateErrors(mirror, pod({ nodeName: 'n' })))).toContain(
      'Forbidden metadata.annotations[kubernetes.io/config.mirror]: may not add mirror pod annotation',
    )
  })
})

describe('an update of ephemeral containers', () => {
  const debug = { name: 'debug', image: 'tools:1' }
  const update = (next: object, old: object) => {
    const prepared = ephemeralContainers.prepareForUpdate(pod(next), pod(old), context)
    return { prepared, errors: told(ephemeralContainers.validateUpdate?.(prepared, pod(old))) }
  }

  test('changes nothing else', () => {
    const { prepared, errors } = update({ hostname: 'x', ephemeralContainers: [debug] }, {})
    expect(errors).toEqual([])
    expect(prepared.spec.hostname).toBeUndefined()
    expect(prepared.spec.ephemeralContainers).toHaveLength(1)
  })

  test('leaves those that are there as they are', () => {
    const old = { ephemeralContainers: [debug] }
    expect(update({}, old).errors).toEqual([
      'Forbidden spec.ephemeralContainers: existing ephemeral containers "debug" may not be removed',
    ])
    expect(update({ ephemeralContainers: [{ ...debug, image: 'tools:2' }] }, old).errors).toEqual([
      'Forbidden spec.ephemeralContainers: existing ephemeral containers "debug" may not be changed',
    ])
  })
})

describe('a resize', () => {
  const sized = (requests: object, more: object = {}) => ({
    containers: [{ ...container, resources: { requests }, ...more }],
  })
  const errorsOf = (next: object, old: object, oldStatus: object = {}) => {
    const before = pod(old, { status: oldStatus })
    return told(resize.validateUpdate?.(resize.prepareForUpdate(pod(next), before, context), before))
  }

  test.each<[string, object, object, string[]]>([
    ['more CPU', sized({ cpu: '1' }), sized({ cpu: '2' }), []],
    [
      'more CPU, and another image which is not looked at',
      sized({ cpu: '1' }),
      sized({ cpu: '2' }, { image: 'x' }),
      [],
    ],
    [
      'no CPU any more',
      sized({ cpu: '1', memory: '1' }),
      sized({ memory: '1' }),
      ['Forbidden spec.containers[0].resources.requests: resource requests cannot be removed'],
    ],
    [
      'another resource',
      sized({ cpu: '1', 'ephemeral-storage': '1' }),
      sized({ cpu: '1', 'ephemeral-storage': '2' }),
      ['Forbidden spec: only cpu and memory resources are mutable'],
    ],
    ['another class', {}, sized({ cpu: '1' }), ['Invalid spec: Pod QOS Class may not change as a result of resizing']],
    [
      'another container',
      sized({ cpu: '1' }),
      { containers: [container, { ...container, name: 'b' }] },
      [
        'Invalid spec: Pod QOS Class may not change as a result of resizing',
        'Forbidden spec.containers: containers may not be added or removed on resize',
      ],
    ],
  ])('to %s', (_, old, next, problems) => {
    expect(errorsOf(next, old)).toEqual(problems)
  })

  test('is refused where the node does not report sizes', () => {
    const containerStatuses = [{ name: 'main', state: { running: {} } }]
    expect(errorsOf(sized({ cpu: '2' }), sized({ cpu: '1' }), { containerStatuses })).toEqual([
      'Forbidden spec: Pod running on node without support for resize',
    ])
  })
})

describe('a report of the status', () => {
  const ended = (exitCode: number) => [{ name: 'main', state: { terminated: { exitCode } } }]
  const running = [{ name: 'main', state: { running: {} } }]
  const errorsOf = (next: object, old: object = {}, spec: Partial<PodSpec> = {}) =>
    told(status.validateUpdate?.(pod(spec, { status: next }), pod(spec, { status: old })))

  test.each<[string, object, object, Partial<PodSpec>, string[]]>([
    ['ended, starts again', { containerStatuses: running }, { containerStatuses: ended(1) }, {}, []],
    [
      'ended, never starts again',
      { containerStatuses: running },
      { containerStatuses: ended(1) },
      { restartPolicy: 'Never' },
      ['Forbidden status.containerStatuses[0].state: may not be transitioned to non-terminated state'],
    ],
    [
      'ended well, starts again on failure',
      { containerStatuses: running },
      { containerStatuses: ended(0) },
      { restartPolicy: 'OnFailure' },
      ['Forbidden status.containerStatuses[0].state: may not be transitioned to non-terminated state'],
    ],
    [
      'two addresses of a family',
      { podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] },
      {},
      {},
      ['Invalid status.podIPs: may specify no more than one IP for each IP family'],
    ],
    ['an address of each family', { podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] }, {}, {}, []],
    [
      'no address',
      { podIPs: [{ ip: 'x' }] },
      {},
      {},
      ['Invalid status.podIPs[0]: must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      'a host that is not the first of its addresses',
      { hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.2' }] },
      {},
      {},
      ['Invalid status.hostIPs[0].ip: must be equal to `hostIP`'],
    ],
    [
      'another class',
      { qosClass: 'Burstable' },
      { qosClass: 'BestEffort' },
      {},
      ['Invalid status.qosClass: field is immutable'],
    ],
    [
      'a nomination when it has a node',
      { nominatedNodeName: 'm' },
      {},
      { nodeName: 'n' },
      ['Forbidden status.nominatedNodeName: may not be set on pods that are already bound to a node'],
    ],
  ])('%s', (_, next, old, spec, problems) => {
    expect(errorsOf(next, old, spec)).toEqual(problems)
  })

  test('keeps the class and the generations that it does not know of', () => {
    const condition = { type: 'Ready', status: 'True' }
    const old = pod({}, { status: { qosClass: 'BestEffort', conditions: [{ ...condition, observedGeneration: 3 }] } })
    const next = status.prepareForUpdate(pod({}, { status: { conditions: [condition] } }), old, context)
    expect(next.status.qosClass).toBe('BestEffort')
    expect(next.status.conditions?.[0]?.observedGeneration).toBe(3)
  })
})
