/** What the ServiceAccount admission plugin and the Pod strategy do to pods: injected token volumes, checks, defaults, subresources. */

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const pods = (ns) => `/api/v1/namespaces/${ns}/pods`
const pod = (name, spec = {}, metadata = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...(name && { name }), ...metadata },
  spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }], ...spec },
})

/** The part of a pod that the admission plugin writes. */
const identity = (p) => {
  if (p.kind !== 'Pod') return p
  const s = p.spec
  const mounts = (list) => list && Object.fromEntries(list.map((c) => [c.name, c.volumeMounts ?? null]))
  return {
    serviceAccountName: s.serviceAccountName ?? null,
    serviceAccount: s.serviceAccount ?? null,
    automountServiceAccountToken: s.automountServiceAccountToken ?? null,
    imagePullSecrets: s.imagePullSecrets ?? null,
    volumes: s.volumes ?? null,
    mounts: { ...mounts(s.initContainers), ...mounts(s.containers), ...mounts(s.ephemeralContainers) },
  }
}

const first = (text, n) => text.split('\n')[0].slice(0, n)

/** A Status whose text goes on with a Go dump of the spec: only its beginning is fixed. */
const cut = (s, n = 200) =>
  s.kind !== 'Status'
    ? s
    : {
        ...s,
        message: first(s.message, n),
        ...(s.details?.causes && {
          details: { ...s.details, causes: s.details.causes.map((c) => ({ ...c, message: first(c.message, n - 60) })) },
        }),
      }

const secretNames = (...names) => names.map((name) => ({ name }))
const force = { body: { gracePeriodSeconds: 0 } }

export default {
  'the whole pod with its defaults': async (t) => {
    const ns = await t.namespace()
    await t.step('create', 'POST', pods(ns), { body: pod('plain') })
    await t.step('read', 'GET', `${pods(ns)}/plain`)
    await t.step('read its status', 'GET', `${pods(ns)}/plain/status`, { pick: (p) => p.status })
    await t.step('an always pulled image', 'POST', pods(ns), {
      body: pod('latest', { containers: [{ name: 'main', image: 'registry.example/app:latest' }] }),
      pick: (p) => p.spec.containers[0].imagePullPolicy,
    })
    await t.step('an image without a tag', 'POST', pods(ns), {
      body: pod('untagged', { containers: [{ name: 'main', image: 'registry.example/app' }] }),
      pick: (p) => p.spec.containers[0].imagePullPolicy,
    })
  },

  'quality of service follows requests and limits': async (t) => {
    const ns = await t.namespace()
    const with_ = (name, resources) => pod(name, { containers: [{ name: 'main', image: 'a', resources }] })
    const pick = (p) => ({ qosClass: p.status.qosClass, resources: p.spec.containers[0].resources })
    await t.step('equal limits only', 'POST', pods(ns), {
      body: with_('guaranteed', { limits: { cpu: '1', memory: '64Mi' } }),
      pick,
    })
    await t.step('a request', 'POST', pods(ns), { body: with_('burstable', { requests: { cpu: '0.5' } }), pick })
    await t.step('nothing', 'POST', pods(ns), { body: with_('besteffort', {}), pick })
    await t.step('a request above the limit', 'POST', pods(ns), {
      body: with_('wrong', { requests: { cpu: '2' }, limits: { cpu: '1' } }),
    })
    await t.step('a bad quantity', 'POST', pods(ns), { body: with_('odd', { requests: { cpu: 'many' } }) })
  },

  'named, default and unknown accounts': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    await t.step('no account', 'POST', pods(ns), { body: pod('a'), pick: identity })
    await t.step('a named account', 'POST', pods(ns), {
      body: pod('b', { serviceAccountName: 'robot' }),
      pick: identity,
    })
    await t.step('the old field', 'POST', pods(ns), { body: pod('c', { serviceAccount: 'robot' }), pick: identity })
    await t.step('the new field wins over the old one', 'POST', pods(ns), {
      body: pod('d', { serviceAccount: 'nobody', serviceAccountName: 'robot' }),
      pick: identity,
    })
    await t.step('an unknown account', 'POST', pods(ns), { body: pod('e', { serviceAccountName: 'nobody' }) })
    await t.step('an unknown account in the old field', 'POST', pods(ns), {
      body: pod('e', { serviceAccount: 'nobody' }),
    })
    await t.step('an unknown account and generateName', 'POST', pods(ns), {
      body: pod('', { serviceAccountName: 'nobody' }, { generateName: 'e-' }),
    })
    await t.step('an unknown account and no name at all', 'POST', pods(ns), {
      body: pod('', { serviceAccountName: 'nobody' }),
    })
    await t.step('an account name that cannot be', 'POST', pods(ns), {
      body: pod('f', { serviceAccountName: 'No_Body' }),
    })
    await t.step('an unknown account, dry run', 'POST', `${pods(ns)}?dryRun=All`, {
      body: pod('g', { serviceAccountName: 'nobody' }),
    })
    await t.step('nothing was made', 'GET', pods(ns), { pick: (l) => l.items.map((p) => p.metadata.name) })
  },

  'automount on the account and on the pod': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'off', { automountServiceAccountToken: false })
    await t.serviceAccount(ns, 'on', { automountServiceAccountToken: true })
    const pick = identity
    await t.step('account off, pod silent', 'POST', pods(ns), { body: pod('a', { serviceAccountName: 'off' }), pick })
    await t.step('account off, pod on', 'POST', pods(ns), {
      body: pod('b', { serviceAccountName: 'off', automountServiceAccountToken: true }),
      pick,
    })
    await t.step('account off, pod off', 'POST', pods(ns), {
      body: pod('c', { serviceAccountName: 'off', automountServiceAccountToken: false }),
      pick,
    })
    await t.step('account on, pod silent', 'POST', pods(ns), { body: pod('d', { serviceAccountName: 'on' }), pick })
    await t.step('account on, pod off', 'POST', pods(ns), {
      body: pod('e', { serviceAccountName: 'on', automountServiceAccountToken: false }),
      pick,
    })
    await t.step('account silent, pod off', 'POST', pods(ns), {
      body: pod('f', { automountServiceAccountToken: false }),
      pick,
    })
  },

  'mounts on containers and init containers': async (t) => {
    const ns = await t.namespace()
    const own = { name: 'mine', mountPath }
    const mine = { name: 'mine', emptyDir: {} }
    const c = (name, ...volumeMounts) => ({ name, image: 'a', ...(volumeMounts.length && { volumeMounts }) })
    const pick = identity
    await t.step('every container and init container', 'POST', pods(ns), {
      body: pod('a', { initContainers: [c('first'), c('second')], containers: [c('main'), c('side')] }),
      pick,
    })
    await t.step('a container with its own mount keeps it', 'POST', pods(ns), {
      body: pod('b', { volumes: [mine], containers: [c('main', own), c('side')] }),
      pick,
    })
    await t.step('all containers have their own mount: no volume', 'POST', pods(ns), {
      body: pod('c', { volumes: [mine], containers: [c('main', own)] }),
      pick,
    })
    await t.step('own mount at another path', 'POST', pods(ns), {
      body: pod('d', { volumes: [mine], containers: [c('main', { name: 'mine', mountPath: '/data' })] }),
      pick,
    })
    await t.step('own mount with a slash at the end is another path', 'POST', pods(ns), {
      body: pod('e', { volumes: [mine], containers: [c('main', { name: 'mine', mountPath: `${mountPath}/` })] }),
      pick,
    })
    await t.step('a volume with the known prefix is used', 'POST', pods(ns), {
      body: pod('f', { volumes: [{ name: 'kube-api-access-handmade', emptyDir: {} }], containers: [c('main')] }),
      pick,
    })
    await t.step('a sidecar init container', 'POST', pods(ns), {
      body: pod('g', { initContainers: [{ ...c('side'), restartPolicy: 'Always' }], containers: [c('main')] }),
      pick,
    })
    await t.step('ephemeral containers may not be there at create', 'POST', pods(ns), {
      body: pod('h', { ephemeralContainers: [c('debug')] }),
    })
  },

  'pull secrets come from the account': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'puller', { imagePullSecrets: secretNames('one', 'two') })
    await t.serviceAccount(ns, 'twice', { imagePullSecrets: secretNames('one', 'one') })
    const pick = (p) => p.spec?.imagePullSecrets ?? (p.kind === 'Pod' ? null : p)
    await t.step('copied in their order', 'POST', pods(ns), { body: pod('a', { serviceAccountName: 'puller' }), pick })
    await t.step('kept when the pod has one', 'POST', pods(ns), {
      body: pod('b', { serviceAccountName: 'puller', imagePullSecrets: secretNames('own') }),
      pick,
    })
    await t.step('copied when the list is empty', 'POST', pods(ns), {
      body: pod('c', { serviceAccountName: 'puller', imagePullSecrets: [] }),
      pick,
    })
    await t.step('copied without automount', 'POST', pods(ns), {
      body: pod('d', { serviceAccountName: 'puller', automountServiceAccountToken: false }),
      pick,
    })
    await t.step('an account without any', 'POST', pods(ns), { body: pod('e'), pick })
    await t.step('an account that names one twice', 'POST', pods(ns), {
      body: pod('f', { serviceAccountName: 'twice' }),
      pick,
    })
  },

  'mirror pods': async (t) => {
    const ns = await t.namespace()
    const annotations = { 'kubernetes.io/config.mirror': 'hash' }
    const mirror = (name, spec) => pod(name, { nodeName: 'nowhere', ...spec }, { annotations })
    await t.step('no account is set and nothing is mounted', 'POST', pods(ns), { body: mirror('a'), pick: identity })
    await t.step('may not name an account', 'POST', pods(ns), { body: mirror('b', { serviceAccountName: 'default' }) })
    await t.step('may not name one in the old field', 'POST', pods(ns), {
      body: mirror('b', { serviceAccount: 'default' }),
    })
    await t.step('may not name a secret volume', 'POST', pods(ns), {
      body: mirror('c', { volumes: [{ name: 's', secret: { secretName: 'x' } }] }),
    })
    await t.step('may not name a secret in env', 'POST', pods(ns), {
      body: mirror('d', {
        containers: [
          { name: 'main', image: 'a', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'x', key: 'k' } } }] },
        ],
      }),
    })
    await t.step('may not name a pull secret', 'POST', pods(ns), {
      body: mirror('e', { imagePullSecrets: secretNames('x') }),
    })
    await t.step('may not use a token volume', 'POST', pods(ns), {
      body: mirror('f', {
        volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
      }),
    })
    await t.step('may name a ConfigMap', 'POST', pods(ns), {
      body: mirror('g', { volumes: [{ name: 'c', configMap: { name: 'kube-root-ca.crt' } }] }),
      pick: identity,
    })
    await t.step('needs a node', 'POST', pods(ns), { body: pod('h', {}, { annotations }) })
    for (const name of ['a', 'g']) await t.quiet('DELETE', `${pods(ns)}/${name}`, force)
  },

  'a pod that names its node': async (t) => {
    const ns = await t.namespace()
    await t.step('create', 'POST', pods(ns), {
      body: pod('a', { nodeName: 'nowhere' }),
      pick: (p) => ({ ...identity(p), nodeName: p.spec.nodeName, status: p.status }),
    })
    await t.step('delete: it waits for its node', 'DELETE', `${pods(ns)}/a`, {
      pick: (p) => ({ kind: p.kind, metadata: p.metadata, phase: p.status.phase }),
    })
    await t.step('delete once more', 'DELETE', `${pods(ns)}/a`, {
      pick: (p) => ({ kind: p.kind, metadata: p.metadata }),
    })
    await t.step('a longer grace changes nothing', 'DELETE', `${pods(ns)}/a?gracePeriodSeconds=300`, {
      pick: (p) => p.metadata?.deletionGracePeriodSeconds,
    })
    await t.step('a shorter grace does', 'DELETE', `${pods(ns)}/a?gracePeriodSeconds=10`, {
      pick: (p) => p.metadata?.deletionGracePeriodSeconds,
    })
    await t.step('still there', 'GET', `${pods(ns)}/a`, { pick: (p) => p.metadata })
    await t.step('force', 'DELETE', `${pods(ns)}/a`, {
      ...force,
      pick: (p) => ({ kind: p.kind, metadata: p.metadata }),
    })
    await t.step('gone', 'GET', `${pods(ns)}/a`)
  },

  'delete an unscheduled pod': async (t) => {
    const ns = await t.namespace()
    for (const name of ['a', 'b', 'c', 'd']) await t.quiet('POST', pods(ns), { body: pod(name) })
    const pick = (p) => ({
      kind: p.kind,
      metadata: p.metadata,
      ...(p.kind === 'Pod' && { status: p.status }),
      ...(p.kind === 'Status' && { status: p }),
    })
    await t.step('with the default grace it goes at once', 'DELETE', `${pods(ns)}/a`, { pick })
    await t.step('gone', 'GET', `${pods(ns)}/a`)
    await t.step('with grace 0', 'DELETE', `${pods(ns)}/b?gracePeriodSeconds=0`, { pick })
    await t.step('with grace 60 it goes at once too', 'DELETE', `${pods(ns)}/c`, {
      body: { gracePeriodSeconds: 60 },
      pick,
    })
    await t.step('gone', 'GET', `${pods(ns)}/c`)
    await t.step('dry run', 'DELETE', `${pods(ns)}/d?dryRun=All`, {
      pick: (p) => ({ kind: p.kind, name: p.metadata.name }),
    })
    await t.step('wrong uid', 'DELETE', `${pods(ns)}/d`, {
      body: { preconditions: { uid: '00000000-0000-4000-8000-000000000000' } },
    })
    await t.step('still there', 'GET', `${pods(ns)}/d`, { pick: (p) => p.metadata.deletionTimestamp ?? null })
    await t.step('a missing pod', 'DELETE', `${pods(ns)}/a`)
  },

  'enforced secrets': async (t) => {
    const ns = await t.namespace()
    const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' }
    await t.step('the account', 'POST', `/api/v1/namespaces/${ns}/serviceaccounts`, {
      body: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'strict', annotations },
        secrets: secretNames('ok'),
        imagePullSecrets: secretNames('pull'),
      },
    })
    const strict = (name, spec) => ({
      body: pod(name, { serviceAccountName: 'strict', automountServiceAccountToken: false, ...spec }),
      pick: identity,
    })
    const env = (name) => ({ env: [{ name: 'WORD', valueFrom: { secretKeyRef: { name, key: 'k' } } }] })
    const from = (name) => ({ envFrom: [{ secretRef: { name } }] })
    const main = (extra = {}) => ({ name: 'main', image: 'a', ...extra })
    await t.step(
      'an allowed volume',
      'POST',
      pods(ns),
      strict('a', { volumes: [{ name: 'v', secret: { secretName: 'ok' } }] }),
    )
    await t.step(
      'another volume',
      'POST',
      pods(ns),
      strict('b', { volumes: [{ name: 'v', secret: { secretName: 'other' } }] }),
    )
    await t.step(
      'a projected secret is not looked at',
      'POST',
      pods(ns),
      strict('c', { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'other' } }] } }] }),
    )
    await t.step('env', 'POST', pods(ns), strict('d', { containers: [main(env('other'))] }))
    await t.step('envFrom', 'POST', pods(ns), strict('e', { containers: [main(from('other'))] }))
    await t.step(
      'env of an init container',
      'POST',
      pods(ns),
      strict('f', { initContainers: [{ name: 'first', image: 'a', ...env('other') }] }),
    )
    await t.step(
      'envFrom of an init container',
      'POST',
      pods(ns),
      strict('g', { initContainers: [{ name: 'first', image: 'a', ...from('other') }] }),
    )
    await t.step(
      'allowed env and envFrom',
      'POST',
      pods(ns),
      strict('h', { containers: [main({ ...env('ok'), ...from('ok') })] }),
    )
    await t.step(
      'a pull secret of its own',
      'POST',
      pods(ns),
      strict('i', { imagePullSecrets: secretNames('pull', 'other') }),
    )
    await t.step(
      'a mountable secret is no pull secret',
      'POST',
      pods(ns),
      strict('j', { imagePullSecrets: secretNames('ok') }),
    )
    await t.step('copied pull secrets pass', 'POST', pods(ns), strict('k', {}))
    await t.step(
      'the volume is named before the container',
      'POST',
      pods(ns),
      strict('l', { volumes: [{ name: 'v', secret: { secretName: 'other' } }], containers: [main(env('another'))] }),
    )
  },

  'the annotation must be a boolean': async (t) => {
    const ns = await t.namespace()
    for (const value of ['T', '1', 'yes', 'false', 'TRUE', 'tRUE']) {
      const name = `v-${value.toLowerCase()}-${[...value].filter((c) => c < 'a').length}`
      await t.serviceAccount(ns, name, {
        metadata: { name, annotations: { 'kubernetes.io/enforce-mountable-secrets': value } },
      })
      await t.step(`value ${value}`, 'POST', pods(ns), {
        body: pod(name, {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          volumes: [{ name: 'v', secret: { secretName: 'other' } }],
        }),
        pick: (p) => (p.kind === 'Pod' ? 'accepted' : p.message),
      })
    }
  },

  'token volumes are validated': async (t) => {
    const ns = await t.namespace()
    const token = (name, source, projected = {}) => ({
      body: pod(name, {
        automountServiceAccountToken: false,
        volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: source }], ...projected } }],
      }),
      pick: (p) => (p.kind === 'Pod' ? p.spec.volumes : p),
    })
    await t.step('only a path', 'POST', pods(ns), token('a', { path: 'token' }))
    await t.step(
      'everything',
      'POST',
      pods(ns),
      token('b', { path: 'dir/token', audience: 'vault', expirationSeconds: 600 }, { defaultMode: 256 }),
    )
    await t.step('599 seconds', 'POST', pods(ns), token('c', { path: 'token', expirationSeconds: 599 }))
    await t.step('0 seconds', 'POST', pods(ns), token('c', { path: 'token', expirationSeconds: 0 }))
    await t.step('2^32 seconds', 'POST', pods(ns), token('d', { path: 'token', expirationSeconds: 2 ** 32 }))
    await t.step('2^32 + 1 seconds', 'POST', pods(ns), token('e', { path: 'token', expirationSeconds: 2 ** 32 + 1 }))
    await t.step('no path', 'POST', pods(ns), token('f', { audience: 'vault' }))
    await t.step('an absolute path', 'POST', pods(ns), token('g', { path: '/token' }))
    await t.step('a path that goes up', 'POST', pods(ns), token('h', { path: 'a/../token' }))
    await t.step('a path that starts with two dots', 'POST', pods(ns), token('i', { path: '..token' }))
    await t.step('an empty audience', 'POST', pods(ns), token('j', { path: 'token', audience: '' }))
    await t.step('text for seconds', 'POST', pods(ns), token('k', { path: 'token', expirationSeconds: '600' }))
  },

  'projected volumes are validated': async (t) => {
    const ns = await t.namespace()
    const volume = (name, projected) => ({
      body: pod(name, { automountServiceAccountToken: false, volumes: [{ name: 'p', projected }] }),
      pick: (p) => (p.kind === 'Pod' ? p.spec.volumes : p),
    })
    const saToken = (path) => ({ serviceAccountToken: { path } })
    await t.step('no sources', 'POST', pods(ns), volume('a', {}))
    await t.step(
      'two tokens at two paths',
      'POST',
      pods(ns),
      volume('b', { sources: [saToken('a'), { serviceAccountToken: { path: 'b', audience: 'x' } }] }),
    )
    await t.step('two tokens at one path', 'POST', pods(ns), volume('c', { sources: [saToken('a'), saToken('a')] }))
    await t.step(
      'two kinds in one source',
      'POST',
      pods(ns),
      volume('d', { sources: [{ ...saToken('a'), configMap: { name: 'kube-root-ca.crt' } }] }),
    )
    await t.step('an empty source', 'POST', pods(ns), volume('e', { sources: [{}] }))
    await t.step('a mode above 0777', 'POST', pods(ns), volume('f', { defaultMode: 512, sources: [saToken('a')] }))
    await t.step(
      'a ConfigMap item without path',
      'POST',
      pods(ns),
      volume('g', { sources: [{ configMap: { name: 'c', items: [{ key: 'k' }] } }] }),
    )
    await t.step('a secret without name', 'POST', pods(ns), volume('h', { sources: [{ secret: {} }] }))
    await t.step(
      'a downward field that is not there',
      'POST',
      pods(ns),
      volume('i', { sources: [{ downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'spec.nodeName' } }] } }] }),
    )
    await t.step('the account name for env', 'POST', pods(ns), {
      body: pod('j', {
        containers: [
          {
            name: 'main',
            image: 'a',
            env: [{ name: 'SA', valueFrom: { fieldRef: { fieldPath: 'spec.serviceAccountName' } } }],
          },
        ],
      }),
      pick: (p) => (p.kind === 'Pod' ? p.spec.containers[0].env : p),
    })
  },

  'what a pod needs': async (t) => {
    const ns = await t.namespace()
    const c = (name, more = {}) => ({ name, image: 'a', ...more })
    await t.step('no containers', 'POST', pods(ns), { body: pod('a', { containers: [] }) })
    await t.step('no spec', 'POST', pods(ns), { body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } } })
    await t.step('a container without image', 'POST', pods(ns), { body: pod('a', { containers: [{ name: 'main' }] }) })
    await t.step('two containers with one name', 'POST', pods(ns), {
      body: pod('a', { containers: [c('main'), c('main')] }),
    })
    await t.step('a container name that cannot be', 'POST', pods(ns), { body: pod('a', { containers: [c('Main_1')] }) })
    await t.step('a mount of no volume', 'POST', pods(ns), {
      body: pod('a', { containers: [c('main', { volumeMounts: [{ name: 'none', mountPath: '/x' }] })] }),
    })
    await t.step('a restart policy that is none', 'POST', pods(ns), { body: pod('a', { restartPolicy: 'Sometimes' }) })
    await t.step('a pod name that cannot be', 'POST', pods(ns), { body: pod('A_pod') })
    await t.step('no name', 'POST', pods(ns), { body: pod('') })
    await t.step('generateName', 'POST', pods(ns), {
      body: pod('', {}, { generateName: 'made-' }),
      pick: (p) => p.metadata,
    })
    await t.step('env without name, a port too high', 'POST', pods(ns), {
      body: pod('a', { containers: [c('main', { env: [{ value: 'x' }], ports: [{ containerPort: 70000 }] })] }),
    })
    await t.step('an unknown priority class', 'POST', pods(ns), {
      body: pod('a', { priorityClassName: 'nothing-like-it' }),
    })
    await t.step('a known priority class', 'POST', pods(ns), {
      body: pod('b', { priorityClassName: 'system-node-critical' }),
      pick: (p) =>
        p.kind === 'Pod'
          ? {
              priority: p.spec.priority,
              preemptionPolicy: p.spec.preemptionPolicy,
              priorityClassName: p.spec.priorityClassName,
            }
          : p,
    })
  },

  'what can change after create': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'robot')
    const { json: made } = await t.quiet('POST', pods(ns), { body: pod('a') })
    const merge = (spec) => ({ type: 'application/merge-patch+json', body: { spec }, pick: cut })
    await t.step('the account name', 'PATCH', `${pods(ns)}/a`, merge({ serviceAccountName: 'robot' }))
    await t.step('the old account field alone is overruled', 'PATCH', `${pods(ns)}/a`, {
      ...merge({ serviceAccount: 'robot' }),
      pick: (p) => (p.kind === 'Pod' ? identity(p).serviceAccountName : cut(p)),
    })
    await t.step('automount', 'PATCH', `${pods(ns)}/a`, merge({ automountServiceAccountToken: false }))
    await t.step('a pull secret', 'PATCH', `${pods(ns)}/a`, merge({ imagePullSecrets: secretNames('x') }))
    await t.step('volumes', 'PUT', `${pods(ns)}/a`, {
      body: { ...made, spec: { ...made.spec, volumes: [...made.spec.volumes, { name: 'more', emptyDir: {} }] } },
      pick: cut,
    })
    await t.step('a container more', 'PUT', `${pods(ns)}/a`, {
      body: { ...made, spec: { ...made.spec, containers: [...made.spec.containers, { name: 'more', image: 'a' }] } },
      pick: cut,
    })
    await t.step('the image may change', 'PATCH', `${pods(ns)}/a`, {
      type: 'application/strategic-merge-patch+json',
      body: { spec: { containers: [{ name: 'main', image: 'registry.example/app:2' }] } },
      pick: (p) => ({ image: p.spec.containers[0].image, generation: p.metadata.generation }),
    })
    await t.step('labels may change', 'PATCH', `${pods(ns)}/a`, {
      type: 'application/merge-patch+json',
      body: { metadata: { labels: { a: 'b' } } },
      pick: (p) => ({ labels: p.metadata.labels, generation: p.metadata.generation }),
    })
    await t.step('a toleration may be added', 'PATCH', `${pods(ns)}/a`, {
      type: 'application/json-patch+json',
      body: [{ op: 'add', path: '/spec/tolerations/-', value: { key: 'k', operator: 'Exists' } }],
      pick: (p) => p.spec.tolerations,
    })
    await t.step('a default toleration comes back', 'PATCH', `${pods(ns)}/a`, {
      type: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/spec/tolerations/0' }],
      pick: (p) => (p.kind === 'Pod' ? p.spec.tolerations : cut(p)),
    })
    await t.step('another may not be taken away', 'PATCH', `${pods(ns)}/a`, {
      ...merge({ tolerations: [] }),
      pick: cut,
    })
    await t.step('activeDeadlineSeconds may be set', 'PATCH', `${pods(ns)}/a`, {
      ...merge({ activeDeadlineSeconds: 30 }),
      pick: (p) => p.spec?.activeDeadlineSeconds ?? p,
    })
    await t.step('and not raised', 'PATCH', `${pods(ns)}/a`, {
      ...merge({ activeDeadlineSeconds: 60 }),
      pick: (p) => p.spec?.activeDeadlineSeconds ?? cut(p),
    })
    await t.step('PUT of the same pod', 'PUT', `${pods(ns)}/a`, {
      body: (await t.quiet('GET', `${pods(ns)}/a`)).json,
      pick: identity,
    })
  },

  'status only through its subresource': async (t) => {
    const ns = await t.namespace()
    await t.step('status at create is dropped', 'POST', pods(ns), {
      body: { ...pod('a'), status: { phase: 'Running', podIP: '10.1.1.1' } },
      pick: (p) => p.status,
    })
    await t.step('status on the pod itself is dropped', 'PATCH', `${pods(ns)}/a`, {
      type: 'application/merge-patch+json',
      body: { status: { phase: 'Running' } },
      pick: (p) => p.status,
    })
    await t.step('patch of the status', 'PATCH', `${pods(ns)}/a/status`, {
      type: 'application/strategic-merge-patch+json',
      body: {
        status: {
          phase: 'Running',
          podIP: '10.1.1.1',
          podIPs: [{ ip: '10.1.1.1' }],
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      },
      pick: (p) => p.status,
    })
    await t.step('a condition by its type', 'PATCH', `${pods(ns)}/a/status`, {
      type: 'application/strategic-merge-patch+json',
      body: {
        status: {
          conditions: [
            { type: 'Ready', status: 'False', reason: 'Tired' },
            { type: 'example.com/fed', status: 'True' },
          ],
        },
      },
      pick: (p) => p.status.conditions,
    })
    await t.step('the spec is dropped there', 'PATCH', `${pods(ns)}/a/status`, {
      type: 'application/merge-patch+json',
      body: { spec: { restartPolicy: 'Never' }, metadata: { labels: { x: 'y' } } },
      pick: (p) => ({ restartPolicy: p.spec.restartPolicy, labels: p.metadata.labels ?? null }),
    })
    await t.step('a phase that is none', 'PATCH', `${pods(ns)}/a/status`, {
      type: 'application/merge-patch+json',
      body: { status: { phase: 'Dancing' } },
      pick: (p) => (p.kind === 'Pod' ? p.status.phase : p),
    })
    await t.step('done', 'PATCH', `${pods(ns)}/a/status`, {
      type: 'application/merge-patch+json',
      body: { status: { phase: 'Succeeded' } },
      pick: (p) => p.status.phase,
    })
    await t.step('status of a missing pod', 'PATCH', `${pods(ns)}/b/status`, {
      type: 'application/merge-patch+json',
      body: { status: { phase: 'Succeeded' } },
    })
    await t.step('DELETE is not for status', 'DELETE', `${pods(ns)}/a/status`)
  },

  'binding to a node': async (t) => {
    const ns = await t.namespace()
    for (const name of ['a', 'b', 'c']) await t.quiet('POST', pods(ns), { body: pod(name) })
    const binding = (name, target = { apiVersion: 'v1', kind: 'Node', name: 'nowhere' }) => ({
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target,
    })
    await t.step('to a node that is not there', 'POST', `${pods(ns)}/a/binding`, { body: binding('a') })
    await t.step('the pod has its node', 'GET', `${pods(ns)}/a`, {
      pick: (p) => ({ nodeName: p.spec.nodeName, conditions: p.status.conditions ?? null, phase: p.status.phase }),
    })
    await t.step('twice', 'POST', `${pods(ns)}/a/binding`, { body: binding('a', { kind: 'Node', name: 'elsewhere' }) })
    await t.step('through the bindings collection', 'POST', `/api/v1/namespaces/${ns}/bindings`, { body: binding('b') })
    await t.step('without a target', 'POST', `${pods(ns)}/c/binding`, { body: binding('c', { name: '' }) })
    await t.step('to something else', 'POST', `${pods(ns)}/c/binding`, {
      body: binding('c', { kind: 'Pod', name: 'a' }),
    })
    await t.step('of a missing pod', 'POST', `${pods(ns)}/d/binding`, { body: binding('d') })
    await t.step('with another name', 'POST', `${pods(ns)}/c/binding`, { body: binding('a') })
    await t.step('GET is not allowed', 'GET', `${pods(ns)}/a/binding`)
    for (const name of ['a', 'b']) await t.quiet('DELETE', `${pods(ns)}/${name}`, force)
  },

  'ephemeral containers': async (t) => {
    const ns = await t.namespace()
    await t.serviceAccount(ns, 'strict', {
      metadata: { name: 'strict', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
      secrets: secretNames('ok'),
    })
    await t.quiet('POST', pods(ns), { body: pod('a') })
    await t.quiet('POST', pods(ns), {
      body: pod('s', { serviceAccountName: 'strict', automountServiceAccountToken: false }),
    })
    const add = (...ephemeralContainers) => ({
      type: 'application/strategic-merge-patch+json',
      body: { spec: { ephemeralContainers } },
    })
    const debug = { name: 'debug', image: 'tools:1' }
    const pick = (p) => (p.kind === 'Pod' ? (p.spec.ephemeralContainers ?? null) : p)
    await t.step('one is added, without the token mount', 'PATCH', `${pods(ns)}/a/ephemeralcontainers`, {
      ...add(debug),
      pick,
    })
    await t.step('a second one', 'PATCH', `${pods(ns)}/a/ephemeralcontainers`, {
      ...add({ name: 'more', image: 'tools:1', targetContainerName: 'main' }),
      pick,
    })
    await t.step('one may not change', 'PATCH', `${pods(ns)}/a/ephemeralcontainers`, {
      ...add({ name: 'debug', image: 'tools:2' }),
      pick: cut,
    })
    await t.step('nor go', 'PATCH', `${pods(ns)}/a/ephemeralcontainers`, {
      type: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/spec/ephemeralContainers/0' }],
      pick: cut,
    })
    await t.step('the name of a container is taken', 'PATCH', `${pods(ns)}/a/ephemeralcontainers`, {
      ...add({ name: 'main', image: 'tools:1' }),
      pick: cut,
    })
    await t.step('a target that is not there', 'PATCH', `${pods(ns)}/a/ephemeralcontainers`, {
      ...add({ name: 'odd', image: 'tools:1', targetContainerName: 'none' }),
      pick: cut,
    })
    await t.step('not through the pod itself', 'PATCH', `${pods(ns)}/a`, {
      ...add({ name: 'third', image: 'tools:1' }),
      pick: cut,
    })
    await t.step(
      'an enforced secret in env',
      'PATCH',
      `${pods(ns)}/s/ephemeralcontainers`,
      add({ ...debug, env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'other', key: 'k' } } }] }),
    )
    await t.step(
      'an enforced secret in envFrom',
      'PATCH',
      `${pods(ns)}/s/ephemeralcontainers`,
      add({ ...debug, envFrom: [{ secretRef: { name: 'other' } }] }),
    )
    await t.step('an allowed secret', 'PATCH', `${pods(ns)}/s/ephemeralcontainers`, {
      ...add({ ...debug, envFrom: [{ secretRef: { name: 'ok' } }] }),
      pick,
    })
    await t.step('of a missing pod', 'PATCH', `${pods(ns)}/none/ephemeralcontainers`, add(debug))
  },

  eviction: async (t) => {
    const ns = await t.namespace()
    for (const name of ['a', 'b', 'c']) await t.quiet('POST', pods(ns), { body: pod(name) })
    const eviction = (name, extra = {}) => ({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...extra })
    await t.step('dry run', 'POST', `${pods(ns)}/a/eviction?dryRun=All`, { body: eviction('a') })
    await t.step('the pod is there', 'GET', `${pods(ns)}/a`, { pick: (p) => p.metadata.name })
    await t.step('evict', 'POST', `${pods(ns)}/a/eviction`, { body: eviction('a') })
    await t.step('gone', 'GET', `${pods(ns)}/a`)
    await t.step('evict a missing pod', 'POST', `${pods(ns)}/a/eviction`, { body: eviction('a') })
    await t.step('a wrong uid', 'POST', `${pods(ns)}/b/eviction`, {
      body: eviction('b', { deleteOptions: { preconditions: { uid: '00000000-0000-4000-8000-000000000000' } } }),
    })
    await t.step('another name', 'POST', `${pods(ns)}/b/eviction`, { body: eviction('c') })
    await t.step('the version before v1 is still read', 'POST', `${pods(ns)}/b/eviction`, {
      body: { ...eviction('b'), apiVersion: 'policy/v1beta1' },
    })
    await t.step('without metadata', 'POST', `${pods(ns)}/c/eviction`, {
      body: { apiVersion: 'policy/v1', kind: 'Eviction' },
    })
  },

  'logs and exec of an unscheduled pod': async (t) => {
    const ns = await t.namespace()
    await t.quiet('POST', pods(ns), {
      body: pod('a', {
        containers: [
          { name: 'main', image: 'a' },
          { name: 'side', image: 'a' },
        ],
      }),
    })
    await t.step('log of a container', 'GET', `${pods(ns)}/a/log?container=main`)
    await t.step('log without naming one', 'GET', `${pods(ns)}/a/log`)
    await t.step('log of an unknown container', 'GET', `${pods(ns)}/a/log?container=none`)
    await t.step('log with a bad option', 'GET', `${pods(ns)}/a/log?container=main&tailLines=-1`)
    await t.step('log of a missing pod', 'GET', `${pods(ns)}/none/log`)
    await t.step('exec', 'POST', `${pods(ns)}/a/exec?command=ls&container=main&stdout=true`)
  },
}
