/** Kinds beside the identity ones: leases, events, nodes, services, endpoints and admission webhooks. */

const merge = 'application/merge-patch+json'
const zero = '00000000-0000-4000-8000-000000000000'
const leases = (ns) => `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases`
const coreEvents = (ns) => `/api/v1/namespaces/${ns}/events`
const newEvents = (ns) => `/apis/events.k8s.io/v1/namespaces/${ns}/events`
const services = (ns) => `/api/v1/namespaces/${ns}/services`
const nodes = '/api/v1/nodes'
const maps = (ns) => `/api/v1/namespaces/${ns}/configmaps`
const validating = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
const mutating = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'

const lease = (name, spec) => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec })
const service = (name, spec) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })
const port = { name: 'http', port: 80 }

/** Addresses that the server chose. */
const placed = (o) =>
  JSON.parse(JSON.stringify(o), (k, v) => {
    if (k === 'nodePort' || k === 'healthCheckNodePort') return '<node port>'
    const ip = (x) => (x === 'None' ? x : '<cluster ip>')
    return k === 'clusterIP' ? ip(v) : k === 'clusterIPs' ? v.map(ip) : v
  })

/** A closed port of this machine, which no server listens on. */
const closed = 'https://127.0.0.1:1/check'
const hook = (name, more = {}) => ({
  name,
  clientConfig: { url: closed },
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  ...more,
})
const configuration = (kind, name, ...webhooks) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: `${kind}WebhookConfiguration`,
  metadata: { name },
  webhooks,
})
const of = (ns) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns } } })

export default {
  leases: async (t) => {
    const ns = await t.namespace()
    const made = await t.step('create', 'POST', leases(ns), {
      body: lease('a', {
        holderIdentity: 'one',
        leaseDurationSeconds: 15,
        acquireTime: '2024-01-02T03:04:05.678901Z',
        renewTime: '2024-01-02T03:04:06.000000Z',
        leaseTransitions: 0,
      }),
      pick: (o) => ({ ...o, precise: o.spec.acquireTime?.length ?? null }),
    })
    t.note(
      'times keep six digits',
      [made.json.spec.acquireTime, made.json.spec.renewTime].map((x) => x.replace(/\d/g, 'd')),
    )
    await t.step('update', 'PUT', `${leases(ns)}/a`, {
      body: { ...made.json, spec: { ...made.json.spec, holderIdentity: 'two', leaseTransitions: 1 } },
      pick: (o) => o.spec,
    })
    await t.step('update from the old revision', 'PUT', `${leases(ns)}/a`, { body: made.json })
    await t.step('update without a revision', 'PUT', `${leases(ns)}/a`, {
      body: lease('a', { holderIdentity: 'three' }),
      pick: (o) => o.spec ?? o,
    })
    await t.step('PUT makes one', 'PUT', `${leases(ns)}/b`, {
      body: lease('b', { holderIdentity: 'me' }),
      pick: (o) => o.spec ?? o,
    })
    await t.step('without a spec', 'POST', leases(ns), {
      body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'c' } },
    })
    await t.step('a duration of 0', 'POST', leases(ns), { body: lease('d', { leaseDurationSeconds: 0 }) })
    await t.step('transitions below 0', 'POST', leases(ns), { body: lease('d', { leaseTransitions: -1 }) })
    await t.step('a time that is none', 'POST', leases(ns), { body: lease('d', { renewTime: 'soon' }) })
    await t.step('a time without fractions', 'POST', leases(ns), {
      body: lease('e', { renewTime: '2024-01-02T03:04:06Z' }),
      pick: (o) => o.spec?.renewTime.replace(/\d/g, 'd') ?? o,
    })
    await t.step('a strategy', 'POST', leases(ns), {
      body: lease('f', { strategy: 'OldestEmulationVersion' }),
      pick: (o) => o.spec ?? o,
    })
    await t.step('a name that cannot be', 'POST', leases(ns), { body: lease('A_b', {}) })
    await t.step('delete', 'DELETE', `${leases(ns)}/a`)
  },

  'core events': async (t) => {
    const ns = await t.namespace()
    const event = (name, more = {}) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name },
      involvedObject: { kind: 'Pod', namespace: ns, name: 'p', uid: zero, apiVersion: 'v1' },
      reason: 'Started',
      message: 'it runs',
      type: 'Normal',
      source: { component: 'tester', host: 'here' },
      count: 1,
      firstTimestamp: '2024-01-02T03:04:05Z',
      lastTimestamp: '2024-01-02T03:04:05Z',
      ...more,
    })
    await t.step('create', 'POST', coreEvents(ns), { body: event('a') })
    await t.step('the smallest', 'POST', coreEvents(ns), {
      body: { apiVersion: 'v1', kind: 'Event', metadata: { name: 'small' }, involvedObject: { namespace: ns } },
    })
    await t.step('about another namespace', 'POST', coreEvents(ns), {
      body: event('b', { involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' } }),
    })
    await t.step('about no namespace', 'POST', coreEvents(ns), {
      body: event('b', { involvedObject: { kind: 'Node', name: 'n' } }),
    })
    await t.step('about something of the cluster, in default', 'POST', `${coreEvents('default')}?dryRun=All`, {
      body: event('b', { involvedObject: { kind: 'Node', name: 'n' } }),
      pick: (o) => o.involvedObject ?? o,
    })
    await t.step('any type will do', 'POST', coreEvents(ns), {
      body: event('c', { type: 'Odd' }),
      pick: (o) => o.type ?? o,
    })
    await t.step('count it', 'PATCH', `${coreEvents(ns)}/a`, {
      type: 'application/strategic-merge-patch+json',
      body: { count: 2, lastTimestamp: '2024-01-02T03:05:05Z' },
      pick: (o) => [o.count, o.message],
    })
    await t.step('by reason', 'GET', `${coreEvents(ns)}?fieldSelector=reason%3DStarted,involvedObject.uid%3D${zero}`, {
      pick: (l) => l.items.map((e) => e.metadata.name),
    })
    await t.step('by source', 'GET', `${coreEvents(ns)}?fieldSelector=source%3Dtester,type%21%3DNormal`, {
      pick: (l) => l.items.map((e) => e.metadata.name),
    })
    await t.step('PUT makes one', 'PUT', `${coreEvents(ns)}/new`, {
      body: event('new'),
      pick: (o) => o.metadata?.name ?? o,
    })
    await t.step('generateName', 'POST', coreEvents(ns), {
      body: event(undefined, { metadata: { generateName: 'p.' } }),
      pick: (o) => o.metadata,
    })
    await t.step('no name', 'POST', coreEvents(ns), { body: event(undefined) })
    await t.step('delete all', 'DELETE', coreEvents(ns), { pick: (l) => l.kind })
  },

  'one event, two groups': async (t) => {
    const ns = await t.namespace()
    const event = (name, more = {}) => ({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name },
      eventTime: '2024-01-02T03:04:05.000000Z',
      reportingController: 'example.com/tester',
      reportingInstance: 'tester-1',
      action: 'Testing',
      reason: 'Started',
      regarding: { kind: 'Pod', namespace: ns, name: 'p', apiVersion: 'v1' },
      note: 'it runs',
      type: 'Normal',
      ...more,
    })
    await t.step('create', 'POST', newEvents(ns), { body: event('a') })
    await t.step('as a core event', 'GET', `${coreEvents(ns)}/a`)
    await t.quiet('POST', coreEvents(ns), {
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'old' },
        involvedObject: { kind: 'Pod', namespace: ns, name: 'p' },
        reason: 'Old',
        message: 'words',
        type: 'Normal',
        source: { component: 'x', host: 'y' },
        count: 4,
        firstTimestamp: '2024-01-02T03:04:05Z',
        lastTimestamp: '2024-01-02T03:05:05Z',
      },
    })
    await t.step('a core event as one of events.k8s.io', 'GET', `${newEvents(ns)}/old`)
    await t.step('without a time', 'POST', newEvents(ns), { body: event('b', { eventTime: null }) })
    await t.step('without a controller', 'POST', newEvents(ns), { body: event('b', { reportingController: '' }) })
    await t.step('without an action', 'POST', newEvents(ns), { body: event('b', { action: '' }) })
    await t.step('without a reason', 'POST', newEvents(ns), { body: event('b', { reason: '' }) })
    await t.step('another type', 'POST', newEvents(ns), { body: event('b', { type: 'Odd' }) })
    await t.step('a note too long', 'POST', newEvents(ns), {
      body: event('b', { note: 'n'.repeat(1025) }),
      pick: (o) => ({ ...o, message: o.message?.slice(0, 80), details: undefined }),
    })
    await t.step('with fields of the old group', 'POST', newEvents(ns), { body: event('b', { deprecatedCount: 3 }) })
    await t.step('a series of one', 'POST', newEvents(ns), {
      body: event('b', { series: { count: 1, lastObservedTime: '2024-01-02T03:05:05.000000Z' } }),
    })
    await t.step('by what it regards', 'GET', `${newEvents(ns)}?fieldSelector=regarding.name%3Dp,reason%3DStarted`, {
      pick: (l) => l.items?.map((e) => e.metadata.name) ?? l,
    })
    await t.step('a change of the note', 'PATCH', `${newEvents(ns)}/a`, { type: merge, body: { note: 'other' } })
    await t.step('a series begins', 'PATCH', `${newEvents(ns)}/a`, {
      type: merge,
      body: { series: { count: 2, lastObservedTime: '2024-01-02T03:05:05.000000Z' } },
      pick: (o) => o.series ?? o,
    })
    await t.step('delete through the other group', 'DELETE', `${coreEvents(ns)}/a`)
    await t.step('gone in both', 'GET', `${newEvents(ns)}/a`)
  },

  nodes: async (t) => {
    const name = t.name('node', nodes)
    const node = (more = {}) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'node-role.kubernetes.io/worker': '' } },
      ...more,
    })
    await t.step('create', 'POST', nodes, {
      body: node({ spec: { podCIDR: '10.9.0.0/24' }, status: { capacity: { cpu: '2', memory: '4Gi', pods: '10' } } }),
      pick: (o) => ({ ...o, metadata: { ...o.metadata, annotations: o.metadata.annotations ?? null } }),
    })
    await t.step('status', 'PATCH', `${nodes}/${name}/status`, {
      type: 'application/strategic-merge-patch+json',
      body: {
        status: {
          conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
          addresses: [
            { type: 'InternalIP', address: '10.1.2.3' },
            { type: 'Hostname', address: 'here' },
          ],
          nodeInfo: { kubeletVersion: 'v1.36.2' },
        },
      },
      pick: (o) => o.status,
    })
    await t.step('a condition by its type', 'PATCH', `${nodes}/${name}/status`, {
      type: 'application/strategic-merge-patch+json',
      body: { status: { conditions: [{ type: 'DiskPressure', status: 'False' }] } },
      pick: (o) => o.status.conditions,
    })
    await t.step('status on the node itself is dropped', 'PATCH', `${nodes}/${name}`, {
      type: merge,
      body: { status: { capacity: { cpu: '99' } } },
      pick: (o) => o.status.capacity,
    })
    await t.step('labels', 'PATCH', `${nodes}/${name}`, {
      type: merge,
      body: { metadata: { labels: { zone: 'z1' } } },
      pick: (o) => o.metadata.labels,
    })
    await t.step('cordon', 'PATCH', `${nodes}/${name}`, {
      type: merge,
      body: { spec: { unschedulable: true } },
      pick: (o) => ({ unschedulable: o.spec.unschedulable, taints: o.spec.taints ?? null }),
    })
    await t.step('as a table', 'GET', `${nodes}/${name}`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      pick: (o) => o.rows.map((r) => r.cells.map((c, i) => (o.columnDefinitions[i].name === 'Age' ? '<age>' : c))),
    })
    await t.step('by field', 'GET', `${nodes}?fieldSelector=spec.unschedulable%3Dtrue&labelSelector=zone%3Dz1`, {
      pick: (l) => l.items.filter((n) => n.metadata.name === name).length,
    })
    await t.step('its podCIDR may not change', 'PATCH', `${nodes}/${name}`, {
      type: merge,
      body: { spec: { podCIDR: '10.8.0.0/24', podCIDRs: ['10.8.0.0/24'] } },
    })
    await t.step('a taint that cannot be', 'PATCH', `${nodes}/${name}`, {
      type: merge,
      body: { spec: { taints: [{ key: 'a', effect: 'Sometimes' }] } },
    })
    await t.step('its provider id', 'PATCH', `${nodes}/${name}`, {
      type: merge,
      body: { spec: { providerID: 'x://1' } },
      pick: (o) => o.spec.providerID,
    })
    await t.step('its provider id again', 'PATCH', `${nodes}/${name}`, {
      type: merge,
      body: { spec: { providerID: 'x://2' } },
    })
    await t.step('a name that cannot be', 'POST', nodes, { body: { ...node(), metadata: { name: 'A_node' } } })
    await t.step('in a namespace: it is left out', 'POST', nodes, {
      body: { ...node(), metadata: { name: t.name('other', nodes), namespace: 'default' } },
      pick: (o) => o.metadata ?? o,
    })
    await t.step('delete', 'DELETE', `${nodes}/${name}`)
  },

  services: async (t) => {
    const ns = await t.namespace()
    const step = (label, method, path, body, more = {}) =>
      t.step(label, method, path, { ...(body && { body }), ...more, pick: (o) => placed(more.pick ? more.pick(o) : o) })
    const spec = (o) => o.spec ?? o
    await step('create', 'POST', services(ns), service('a', { selector: { app: 'a' }, ports: [port] }))
    await step(
      'headless',
      'POST',
      services(ns),
      service('b', { clusterIP: 'None', ports: [{ name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' }] }),
      { pick: spec },
    )
    await step(
      'by an external name',
      'POST',
      services(ns),
      service('c', { type: 'ExternalName', externalName: 'example.com' }),
      { pick: spec },
    )
    await step('a node port', 'POST', services(ns), service('d', { type: 'NodePort', ports: [port] }), { pick: spec })
    await step('read', 'GET', `${services(ns)}/a`, undefined, {
      pick: (o) => ({
        type: o.spec.type,
        clusterIP: o.spec.clusterIP,
        same: o.spec.clusterIP === o.spec.clusterIPs[0],
      }),
    })
    await step(
      'a port more',
      'PATCH',
      `${services(ns)}/a`,
      { spec: { ports: [{ name: 'tls', port: 443 }] } },
      { type: 'application/strategic-merge-patch+json', pick: (o) => o.spec?.ports ?? o },
    )
    await step(
      'another selector',
      'PATCH',
      `${services(ns)}/a`,
      { spec: { selector: { app: 'b' } } },
      { type: merge, pick: (o) => o.spec.selector },
    )
    await step(
      'another cluster IP',
      'PATCH',
      `${services(ns)}/a`,
      { spec: { clusterIP: '192.0.2.1', clusterIPs: ['192.0.2.1'] } },
      { type: merge },
    )
    await step('delete', 'DELETE', `${services(ns)}/a`, undefined, {
      pick: (o) => ({
        kind: o.kind,
        ...(o.kind === 'Status' ? { status: o.status, details: o.details } : { name: o.metadata.name }),
      }),
    })
    await step('gone', 'GET', `${services(ns)}/a`)
  },

  'services that cannot be': async (t) => {
    const ns = await t.namespace()
    const post = (label, spec, name = 'a') =>
      t.step(label, 'POST', services(ns), { body: service(name, spec), pick: placed })
    await post('no ports', { selector: { a: 'b' } })
    await post('a port of 0', { ports: [{ port: 0 }] })
    await post('a port too high', { ports: [{ port: 70000 }] })
    await post('two ports without names', { ports: [{ port: 80 }, { port: 81 }] })
    await post('two ports alike', {
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
    })
    await post('an unknown protocol', { ports: [{ port: 80, protocol: 'XTP' }] })
    await post('an unknown type', { type: 'Magic', ports: [port] })
    await post('an external name without one', { type: 'ExternalName' })
    await post('a cluster IP out of range', { clusterIP: '192.168.1.1', ports: [port] })
    await post('a cluster IP that is none', { clusterIP: 'abc', ports: [port] })
    await post('a name with a dot', { ports: [port] }, 'a.b')
    await post('a name that starts with a digit', { ports: [port] }, '1a')
    await post('a session affinity that is none', { sessionAffinity: 'Strong', ports: [port] })
  },

  endpoints: async (t) => {
    const ns = await t.namespace()
    const path = `/api/v1/namespaces/${ns}/endpoints`
    const endpoints = (name, subsets) => ({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name },
      ...(subsets && { subsets }),
    })
    await t.step('create', 'POST', path, {
      body: endpoints('a', [
        { addresses: [{ ip: '10.1.1.2' }, { ip: '10.1.1.1', hostname: 'x' }], ports: [{ port: 80 }] },
      ]),
    })
    await t.step('empty', 'POST', path, { body: endpoints('b') })
    await t.step('PUT', 'PUT', `${path}/a`, {
      body: endpoints('a', [
        { notReadyAddresses: [{ ip: '10.1.1.3' }], ports: [{ name: 'p', port: 81, protocol: 'UDP' }] },
      ]),
      pick: (o) => o.subsets ?? o,
    })
    await t.step('an address that is none', 'POST', path, {
      body: endpoints('c', [{ addresses: [{ ip: 'x' }], ports: [{ port: 80 }] }]),
    })
    await t.step('loopback', 'POST', path, {
      body: endpoints('c', [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 80 }] }]),
    })
    await t.step('a subset without addresses', 'POST', path, { body: endpoints('c', [{ ports: [{ port: 80 }] }]) })
    await t.step('delete', 'DELETE', `${path}/a`)
  },

  'validating webhooks as objects': async (t) => {
    const name = t.name('hooks', validating)
    const ns = await t.namespace()
    await t.step('create, with defaults', 'POST', validating, {
      body: configuration('Validating', name, hook('a.example.com', { ...of(ns), failurePolicy: 'Ignore' })),
    })
    await t.step('a change', 'PATCH', `${validating}/${name}`, {
      type: 'application/strategic-merge-patch+json',
      body: { webhooks: [{ name: 'a.example.com', timeoutSeconds: 5 }] },
      pick: (o) =>
        o.webhooks ? { generation: o.metadata.generation, timeoutSeconds: o.webhooks[0].timeoutSeconds } : o,
    })
    await t.step('labels alone', 'PATCH', `${validating}/${name}`, {
      type: merge,
      body: { metadata: { labels: { a: 'b' } } },
      pick: (o) => o.metadata.generation,
    })
    await t.step('PUT without a revision', 'PUT', `${validating}/${name}`, { body: configuration('Validating', name) })
    await t.step('twice', 'POST', validating, { body: configuration('Validating', name) })
    await t.step('delete', 'DELETE', `${validating}/${name}`)
  },

  'mutating webhooks as objects': async (t) => {
    const name = t.name('hooks', mutating)
    const ns = await t.namespace()
    await t.step('create, with defaults', 'POST', mutating, {
      body: configuration('Mutating', name, hook('a.example.com', { ...of(ns), failurePolicy: 'Ignore' })),
    })
    await t.step('a service in place of a URL', 'PATCH', `${mutating}/${name}`, {
      type: merge,
      body: {
        webhooks: [
          hook('b.example.com', {
            ...of(ns),
            failurePolicy: 'Ignore',
            clientConfig: { service: { namespace: 'default', name: 'none' } },
          }),
        ],
      },
      pick: (o) => o.webhooks?.[0].clientConfig ?? o,
    })
    await t.step('an unknown reinvocation', 'PATCH', `${mutating}/${name}`, {
      type: merge,
      body: { webhooks: [hook('a.example.com', { ...of(ns), reinvocationPolicy: 'Often' })] },
    })
    await t.step('delete', 'DELETE', `${mutating}/${name}`)
  },

  'webhooks that cannot be': async (t) => {
    const name = t.name('hooks', validating)
    const ns = await t.namespace()
    const post = (label, ...hooks) =>
      t.step(label, 'POST', `${validating}?dryRun=All`, {
        body: configuration('Validating', name, ...hooks),
        pick: (o) => (o.kind === 'Status' ? o : { webhooks: o.webhooks?.length ?? null }),
      })
    const bad = (more) => hook('a.example.com', { ...of(ns), ...more })
    await post('none', ...[])
    await post('a name with too few parts', hook('plain'))
    await post('a name twice', bad({}), bad({}))
    await post('no review versions', bad({ admissionReviewVersions: [] }))
    await post('unknown review versions', bad({ admissionReviewVersions: ['v7'] }))
    await post('no side effects', bad({ sideEffects: undefined }))
    await post('unknown side effects', bad({ sideEffects: 'Maybe' }))
    await post('side effects that are no longer allowed', bad({ sideEffects: 'Unknown' }))
    await post('an unknown failure policy', bad({ failurePolicy: 'Shrug' }))
    await post('an unknown match policy', bad({ matchPolicy: 'Loose' }))
    await post('a timeout of 0', bad({ timeoutSeconds: 0 }))
    await post('a timeout of 31', bad({ timeoutSeconds: 31 }))
    await post('a URL without https', bad({ clientConfig: { url: 'http://127.0.0.1/x' } }))
    await post('a URL and a service', bad({ clientConfig: { url: closed, service: { namespace: 'a', name: 'b' } } }))
    await post('neither', bad({ clientConfig: {} }))
    await post('a bundle that is none', bad({ clientConfig: { url: closed, caBundle: 'AAAA' } }))
    await post(
      'no operations',
      bad({ rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: [], resources: ['pods'] }] }),
    )
    await post(
      'an unknown operation',
      bad({ rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['READ'], resources: ['pods'] }] }),
    )
    await post(
      'all and one operation',
      bad({ rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*', 'CREATE'], resources: ['pods'] }] }),
    )
    await post(
      'an unknown scope',
      bad({
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods'], scope: 'World' }],
      }),
    )
    await post(
      'all and one resource',
      bad({ rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['*', 'pods'] }] }),
    )
    await post('a condition that does not compile', bad({ matchConditions: [{ name: 'a', expression: 'object.' }] }))
    await post('a condition that is no boolean', bad({ matchConditions: [{ name: 'a', expression: '1 + 1' }] }))
  },

  'a webhook that does not answer': async (t) => {
    const ns = await t.namespace()
    const name = t.name('hooks', validating)
    const mask = (o) =>
      o.kind === 'Status'
        ? JSON.parse(
            JSON.stringify(o).replace(/dial tcp 127\.0\.0\.1:1: .*?refused/g, 'dial tcp 127.0.0.1:1: <refused>'),
          )
        : { kind: o.kind, name: o.metadata.name }
    const map = (n) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: n, ...(n === 'skip' && { labels: { skip: 'yes' } }) },
    })
    const post = (label, n, query = '') => t.step(label, 'POST', `${maps(ns)}${query}`, { body: map(n), pick: mask })
    await t.quiet('POST', validating, {
      body: configuration(
        'Validating',
        name,
        hook('fail.example.com', {
          ...of(ns),
          failurePolicy: 'Fail',
          objectSelector: { matchExpressions: [{ key: 'skip', operator: 'DoesNotExist' }] },
        }),
      ),
    })
    await t.until(
      async () => (await t.quiet('POST', `${maps(ns)}?dryRun=All`, { body: map('probe') })).status !== 201,
      'the webhook to be known',
    )
    await post('create', 'a')
    await post('dry run', 'a', '?dryRun=All')
    await post('an object that the selector leaves out', 'skip')
    await t.step('another kind', 'POST', `/api/v1/namespaces/${ns}/secrets`, {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
      pick: mask,
    })
    await t.step('another operation', 'PATCH', `${maps(ns)}/skip`, {
      type: merge,
      body: { metadata: { labels: null } },
      pick: mask,
    })
    await t.step('another namespace', 'POST', maps(await t.namespace('other')), { body: map('a'), pick: mask })
    await t.step('apply makes it too', 'PATCH', `${maps(ns)}/applied?fieldManager=m`, {
      type: 'application/apply-patch+yaml',
      body: map('applied'),
      pick: mask,
    })
    await t.quiet('DELETE', `${validating}/${name}`)
    await t.until(
      async () => (await t.quiet('POST', `${maps(ns)}?dryRun=All`, { body: map('probe') })).status === 201,
      'the webhook to be forgotten',
    )
    await post('without the webhook', 'a')
  },

  'a mutating webhook that does not answer': async (t) => {
    const ns = await t.namespace()
    const name = t.name('hooks', mutating)
    const mask = (o) =>
      o.kind === 'Status'
        ? JSON.parse(
            JSON.stringify(o).replace(/dial tcp 127\.0\.0\.1:1: .*?refused/g, 'dial tcp 127.0.0.1:1: <refused>'),
          )
        : { kind: o.kind, name: o.metadata.name }
    const pods = `/api/v1/namespaces/${ns}/pods`
    const pod = (n, spec = {}) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: n },
      spec: { containers: [{ name: 'm', image: 'a' }], ...spec },
    })
    await t.quiet('POST', mutating, {
      body: configuration(
        'Mutating',
        name,
        hook('pods.example.com', {
          ...of(ns),
          failurePolicy: 'Fail',
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        }),
      ),
    })
    await t.until(
      async () => (await t.quiet('POST', `${pods}?dryRun=All`, { body: pod('probe') })).status !== 201,
      'the webhook to be known',
    )
    await t.step('create', 'POST', pods, { body: pod('a'), pick: mask })
    await t.step('the account is looked up before', 'POST', pods, {
      body: pod('a', { serviceAccountName: 'nobody' }),
      pick: mask,
    })
    await t.step('validation comes after', 'POST', pods, { body: pod('a', { containers: [] }), pick: mask })
    await t.quiet('PATCH', `${mutating}/${name}`, {
      type: 'application/strategic-merge-patch+json',
      body: { webhooks: [{ name: 'pods.example.com', failurePolicy: 'Ignore' }] },
    })
    await t.until(
      async () => (await t.quiet('POST', `${pods}?dryRun=All`, { body: pod('probe') })).status === 201,
      'the policy to be known',
    )
    await t.step('ignored', 'POST', pods, { body: pod('a'), pick: mask })
    await t.quiet('PATCH', `${mutating}/${name}`, {
      type: 'application/strategic-merge-patch+json',
      body: {
        webhooks: [
          {
            name: 'pods.example.com',
            failurePolicy: 'Fail',
            sideEffects: 'NoneOnDryRun',
            matchConditions: [{ name: 'only-b', expression: 'object.metadata.name == "b"' }],
          },
        ],
      },
    })
    await t.until(
      async () => (await t.quiet('POST', `${pods}?dryRun=All`, { body: pod('b') })).status !== 201,
      'the condition to be known',
    )
    await t.step('a condition that holds', 'POST', pods, { body: pod('b'), pick: mask })
    await t.step('a condition that does not', 'POST', pods, { body: pod('c'), pick: mask })
  },
}
