/** CertificateSigningRequests: what is taken, who may approve, what the signer gives, and what the certificate is good for. */
import { X509Certificate } from 'node:crypto'
import { account, allowed, grant, grantCluster, groupSubject, rule, user } from '../grants.mjs'
import { asRequest, certificateRequest, wrap } from '../pkcs10.mjs'

const group = 'certificates.k8s.io'
const apiVersion = `${group}/v1`
const base = `/apis/${apiVersion}/certificatesigningrequests`
const client = 'kubernetes.io/kube-apiserver-client'
const usages = ['digital signature', 'key encipherment', 'client auth']
const selves = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
const merge = { type: 'application/merge-patch+json' }

const csr = (name, spec, metadata) => ({
  body: { apiVersion, kind: 'CertificateSigningRequest', metadata: { name, ...metadata }, spec },
})
/** Jane, who may ask for certificates because of a group of this run's own. */
const askers = new WeakMap()
async function jane(t) {
  if (!askers.has(t)) {
    const name = t.name('askers')
    await grantCluster(t, 'asks', [rule(['create'], [group], ['certificatesigningrequests'])], groupSubject(name))
    await allowed(t, {
      groups: [name],
      resourceAttributes: { verb: 'create', group, resource: 'certificatesigningrequests' },
    })
    askers.set(t, { user: 'jane', groups: ['dev', name], extra: { scopes: ['view'] } })
  }
  return askers.get(t)
}
const spec = (request, more) => ({ request: asRequest(request.pem ?? request), signerName: client, usages, ...more })
/** spec.request is another one each time. */
const hidden = (o) => (o?.spec?.request ? { ...o, spec: { ...o.spec, request: typeof o.spec.request } } : o)
const shown = { pick: hidden }
const condition = (type, more) => ({ type, status: 'True', reason: 'Test', message: 'a test', ...more })
const statusOf = { pick: (o) => (o.kind === 'Status' ? o : o.status) }

/** Makes a request as jane and answers its object. No step. */
async function made(t, label, request = certificateRequest(), more = {}) {
  const name = t.name(label, base)
  const r = await t.quiet('POST', base, { ...csr(name, spec(request, more)), as: await jane(t) })
  if (r.status !== 201) throw new Error(`csr: ${r.status} ${r.text}`)
  return { name, path: `${base}/${name}`, object: r.json, request }
}
const decide = (t, label, { path, object }, conditions, options) =>
  t.step(label, 'PUT', `${path}/approval`, { body: { ...object, status: { conditions } }, ...statusOf, ...options })
/** Approves without a step and answers the certificate once it is there. */
async function issued(t, one) {
  await t.quiet('PUT', `${one.path}/approval`, {
    body: { ...one.object, status: { conditions: [condition('Approved')] } },
  })
  let certificate
  await t.until(async () => {
    certificate = (await t.quiet('GET', one.path)).json?.status?.certificate
    return certificate
  }, 'the certificate')
  return Buffer.from(certificate, 'base64').toString()
}

export default {
  'the server fills in who asks': async (t) => {
    const ns = await t.namespace()
    const request = certificateRequest()
    await t.step('a user', 'POST', base, {
      ...csr(t.name('a', base), spec(request)),
      as: { ...(await jane(t)), uid: 'u-7' },
      ...shown,
    })
    await t.step('what is sent about it is not believed', 'POST', base, {
      ...csr(
        t.name('b', base),
        spec(request, { username: 'root', uid: '0', groups: ['system:masters'], extra: { a: ['b'] } }),
      ),
      as: { user: 'joe', groups: (await jane(t)).groups },
      ...shown,
    })
    await t.serviceAccount(ns, 'robot')
    await grantCluster(t, 'asker', [rule(['create'], [group], ['certificatesigningrequests'])], account(ns, 'robot'))
    await allowed(t, {
      user: `system:serviceaccount:${ns}:robot`,
      resourceAttributes: { verb: 'create', group, resource: 'certificatesigningrequests' },
    })
    await t.step('an account', 'POST', base, {
      ...csr(t.name('c', base), spec(request)),
      token: await t.token(ns, 'robot'),
      ...shown,
    })
    await t.step('a status sent along is dropped', 'POST', base, {
      body: {
        ...csr(t.name('d', base), spec(request)).body,
        status: { conditions: [condition('Approved')], certificate: asRequest('x') },
      },
      as: await jane(t),
      ...shown,
    })
    await t.step('a dry run', 'POST', `${base}?dryRun=All`, {
      ...csr(t.name('e', base), spec(request)),
      as: await jane(t),
      ...shown,
    })
    await t.step('the same name again', 'POST', base, { ...csr(t.name('a'), spec(request)), as: await jane(t) })
  },

  'faults in a request': async (t) => {
    await t.namespace()
    const name = t.name('x', base)
    const good = certificateRequest()
    const ask = async (label, body) =>
      t.step(label, 'POST', base, {
        ...csr(name, body),
        as: await jane(t),
        pick: (o) => (o.kind === 'Status' ? o : 'made'),
      })
    const { pem } = certificateRequest()
    await ask('no spec', undefined)
    await ask('no request', { signerName: client, usages })
    await ask('not PEM', spec('nothing'))
    await ask('not base64', { ...spec(good), request: '***' })
    await ask('another type of PEM', spec(wrap('CERTIFICATE', Buffer.from('x'))))
    await ask('PEM with nothing sensible in it', spec(wrap('CERTIFICATE REQUEST', Buffer.from('x'))))
    const masked = (text) => text.replace(/"LS0t[\w+/=]*"/g, '"<request>"')
    await t.step('a signature that does not fit', 'POST', base, {
      ...csr(name, spec(certificateRequest({ breakSignature: true }))),
      as: await jane(t),
      pick: (o) => ({
        ...o,
        message: masked(o.message),
        details: { ...o.details, causes: o.details?.causes?.map((c) => ({ ...c, message: masked(c.message) })) },
      }),
    })
    await ask('a header in the PEM', spec(pem.replace('\n', '\nA: b\n\n')))
    await ask('no signer', { ...spec(good), signerName: undefined })
    await ask('an empty signer', spec(good, { signerName: '' }))
    await ask('a signer without a domain', spec(good, { signerName: 'client' }))
    await ask('a signer of three parts', spec(good, { signerName: 'example.test/a/b' }))
    await ask('a signer with capitals', spec(good, { signerName: 'Example.test/A' }))
    await ask('the old signer', spec(good, { signerName: 'kubernetes.io/legacy-unknown' }))
    await ask('no usages', { ...spec(good), usages: undefined })
    await ask('empty usages', spec(good, { usages: [] }))
    await ask('an unknown usage', spec(good, { usages: ['client auth', 'fortune telling'] }))
    await ask('a usage twice', spec(good, { usages: ['client auth', 'client auth'] }))
    await ask('599 seconds', spec(good, { expirationSeconds: 599 }))
    await ask('0 seconds', spec(good, { expirationSeconds: 0 }))
    await ask('too many seconds', spec(good, { expirationSeconds: 2147483648 }))
    await ask(
      'the group of the admins',
      spec(
        certificateRequest({
          subject: [
            ['O', 'system:masters'],
            ['CN', 'jane'],
          ],
        }),
      ),
    )
  },

  'what is taken without a fault': async (t) => {
    await t.namespace()
    const ask = async (label, n, body) =>
      t.step(label, 'POST', base, {
        ...csr(t.name(n, base), body),
        as: await jane(t),
        pick: (o) => (o.kind === 'Status' ? o : [o.spec.signerName, o.spec.usages, o.spec.expirationSeconds ?? null]),
      })
    await ask('600 seconds', 'a', spec(certificateRequest(), { expirationSeconds: 600 }))
    await ask(
      'a signer that nobody knows',
      'b',
      spec(certificateRequest(), { signerName: 'example.test/mine', usages: ['any'] }),
    )
    await ask(
      'the group of the admins for another signer',
      'c',
      spec(
        certificateRequest({
          subject: [
            ['O', 'system:masters'],
            ['CN', 'jane'],
          ],
        }),
        { signerName: 'example.test/mine' },
      ),
    )
    await ask('no subject at all', 'd', spec(certificateRequest({ subject: [] })))
    await ask(
      'the client signer with usages that it will not sign',
      'e',
      spec(certificateRequest(), { usages: ['server auth'] }),
    )
    await ask('text before the PEM', 'f', spec(`some words\n${certificateRequest().pem}`))
    await ask(
      'the signer of nodes with any subject',
      'g',
      spec(certificateRequest(), { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' }),
    )
    await ask(
      'the signer of serving certificates with any subject',
      'h',
      spec(certificateRequest(), { signerName: 'kubernetes.io/kubelet-serving' }),
    )
  },

  'approving and denying': async (t) => {
    await t.namespace()
    const a = await made(t, 'a')
    await decide(t, 'approve', { ...a, object: { ...a.object } }, [condition('Approved')])
    const b = await made(t, 'b', undefined, { signerName: 'example.test/mine' })
    await decide(t, 'deny', b, [condition('Denied', { message: 'no' })])
    const fresh = async (one) => ({ ...one, object: (await t.quiet('GET', one.path)).json })
    await decide(t, 'approve what was denied', await fresh(b), [condition('Approved')])
    await decide(t, 'approve it beside', await fresh(b), [
      condition('Denied', { message: 'no' }),
      condition('Approved'),
    ])
    await decide(t, 'take the denial back', await fresh(b), [])
    await decide(t, 'another reason for it', await fresh(b), [
      condition('Denied', { message: 'never', reason: 'Other' }),
    ])
    const c = await made(t, 'c', undefined, { signerName: 'example.test/mine' })
    await decide(t, 'both at once', c, [condition('Approved'), condition('Denied')])
    await decide(t, 'status False', c, [condition('Approved', { status: 'False' })])
    await decide(t, 'no status', c, [{ type: 'Approved', reason: 'Test' }])
    await decide(t, 'an unknown status', c, [condition('Approved', { status: 'Perhaps' })])
    await decide(t, 'no type', c, [{ status: 'True' }])
    await decide(t, 'twice', c, [condition('Approved'), condition('Approved')])
    await decide(t, 'another type of condition', c, [condition('Considered')])
    await decide(t, 'Failed beside it', await fresh(c), [condition('Considered'), condition('Failed')])
    await decide(t, 'with an old revision', b, [condition('Denied', { message: 'no' })])
    await t.step('a certificate through approval', 'PUT', `${c.path}/approval`, {
      body: {
        ...(await fresh(c)).object,
        status: {
          certificate: asRequest('x'),
          conditions: [condition('Considered'), condition('Failed'), condition('Approved')],
        },
      },
      ...statusOf,
    })
  },

  'through other doors': async (t) => {
    await t.namespace()
    const a = await made(t, 'a', undefined, { signerName: 'example.test/mine' })
    await t.step('conditions through the object', 'PUT', a.path, {
      body: { ...a.object, status: { conditions: [condition('Approved')] } },
      ...statusOf,
    })
    await t.step('approval through the status', 'PUT', `${a.path}/status`, {
      body: { ...a.object, metadata: { name: a.name }, status: { conditions: [condition('Approved')] } },
      ...statusOf,
    })
    await t.step('another condition through the status', 'PUT', `${a.path}/status`, {
      body: { ...a.object, metadata: { name: a.name }, status: { conditions: [condition('Failed')] } },
      ...statusOf,
    })
    await t.step('a certificate that is none', 'PATCH', `${a.path}/status`, {
      body: { status: { certificate: asRequest('nothing') } },
      ...merge,
    })
    await t.step('a patch of the approval', 'PATCH', `${a.path}/approval`, {
      body: { status: { conditions: [condition('Denied')] } },
      ...merge,
      ...statusOf,
    })
    await t.step('reading the approval', 'GET', `${a.path}/approval`, shown)
    await t.step('reading the status', 'GET', `${a.path}/status`, shown)
    await t.step('a post to the approval', 'POST', `${a.path}/approval`, { body: a.object })
    await t.step('approval of what is not there', 'PUT', `${base}/${t.name('none')}/approval`, {
      body: { ...a.object, metadata: { name: t.name('none') } },
    })
  },

  'the spec stays as it was': async (t) => {
    await t.namespace()
    const a = await made(t, 'a', undefined, { signerName: 'example.test/mine' })
    const put = (label, change) =>
      t.step(label, 'PUT', a.path, {
        body: { ...a.object, metadata: { name: a.name }, spec: { ...a.object.spec, ...change } },
        pick: (o) => (o.kind === 'Status' ? o : { ...hidden(o).spec, same: o.spec.request === a.object.spec.request }),
      })
    await put('another signer', { signerName: 'example.test/other' })
    await put('other usages', { usages: ['server auth'] })
    await put('another request', { request: asRequest(certificateRequest().pem) })
    await put('another user', { username: 'root', groups: ['system:masters'] })
    await put('a lifetime', { expirationSeconds: 700 })
    await t.step('a patch', 'PATCH', a.path, {
      body: { spec: { signerName: 'example.test/other' } },
      ...merge,
      pick: (o) => o.spec?.signerName ?? o,
    })
    await t.step('labels may change', 'PATCH', a.path, {
      body: { metadata: { labels: { a: 'b' } } },
      ...merge,
      pick: (o) => o.metadata?.labels ?? o,
    })
    await t.step('put that would make one', 'PUT', `${base}/${t.name('none')}`, {
      body: { ...a.object, metadata: { name: t.name('none') } },
    })
    await t.step('delete', 'DELETE', a.path)
    await t.step('get afterwards', 'GET', a.path)
  },

  'who may ask and who may approve': async (t) => {
    await t.namespace()
    const [ann, ben, cleo, dora] = ['ann', 'ben', 'cleo', 'dora'].map((n) => t.name(n))
    const one = await made(t, 'one', undefined, { signerName: 'example.test/mine' })
    await t.step('asking without the right', 'POST', base, {
      ...csr(t.name('x'), spec(certificateRequest())),
      anonymous: true,
    })
    await t.step('reading without the right', 'GET', one.path, { as: { user: ann } })
    const approve = [condition('Approved')]
    await decide(t, 'no right', one, approve, { as: { user: ann } })
    await grantCluster(
      t,
      'updates',
      [
        rule(
          ['update', 'get'],
          [group],
          ['certificatesigningrequests/approval', 'certificatesigningrequests/status', 'certificatesigningrequests'],
        ),
      ],
      user(ann),
      user(ben),
      user(cleo),
      user(dora),
    )
    await grantCluster(t, 'mine', [rule(['approve', 'sign'], [group], ['signers'], ['example.test/mine'])], user(ben))
    await grantCluster(t, 'domain', [rule(['approve'], [group], ['signers'], ['example.test/*'])], user(cleo))
    await grantCluster(t, 'other', [rule(['approve'], [group], ['signers'], ['example.test/other'])], user(dora))
    await allowed(t, {
      user: dora,
      resourceAttributes: { verb: 'approve', group, resource: 'signers', name: 'example.test/other' },
    })
    await allowed(t, {
      user: ann,
      resourceAttributes: { verb: 'update', group, resource: 'certificatesigningrequests', subresource: 'approval' },
    })
    await decide(t, 'the right to update alone', one, approve, { as: { user: ann } })
    await decide(t, 'the right for another signer', one, approve, { as: { user: dora } })
    await t.step('the right to update the status alone', 'PUT', `${one.path}/status`, {
      body: { ...one.object, status: { conditions: [condition('Failed')] } },
      as: { user: ann },
      ...statusOf,
    })
    await t.step('a certificate by someone who may not sign', 'PUT', `${one.path}/status`, {
      body: { ...one.object, status: { certificate: asRequest(wrap('CERTIFICATE', Buffer.from('x'))) } },
      as: { user: ann },
      ...statusOf,
    })
    await decide(t, 'the right for the signer', one, approve, { as: { user: ben } })
    const two = await made(t, 'two', undefined, { signerName: 'example.test/mine' })
    await decide(t, 'the right for the domain', two, [condition('Denied')], { as: { user: cleo } })
  },

  'a client certificate': async (t) => {
    await t.namespace()
    const someone = t.name('someone')
    const one = await made(
      t,
      'one',
      certificateRequest({
        subject: [
          ['O', 'dev'],
          ['O', 'ops'],
          ['OU', 'none'],
          ['CN', someone],
        ],
      }),
      { expirationSeconds: 3600 },
    )
    await t.step('before', 'GET', one.path, shown)
    const pem = await issued(t, one)
    await t.step('signed', 'GET', one.path, {
      pick: (o) => ({ ...hidden(o), status: { ...o.status, certificate: typeof o.status.certificate } }),
    })
    const certificate = new X509Certificate(pem)
    t.note('one certificate', pem.match(/BEGIN CERTIFICATE/g).length)
    t.note('its subject', certificate.subject.split('\n').sort())
    t.note('no authority', certificate.ca)
    t.note('its usages', certificate.keyUsage)
    t.note('its names', certificate.subjectAltName ?? null)
    const seconds = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 1000
    t.note('it is dated five minutes back and lasts an hour from now', seconds >= 3600 + 290 && seconds <= 3600 + 310)
    const own = { certificate: { cert: pem, key: one.request.key } }
    const self = { body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } }
    await t.step('who I am with it', 'POST', selves, { ...self, ...own })
    await t.step('what I may not', 'GET', '/api/v1/nodes', own)
    await t.step('a group that I am in', 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      ...own,
      body: { spec: { nonResourceAttributes: { verb: 'get', path: '/api' } } },
      pick: (o) => o.status,
    })
    const ns = await t.namespace('more')
    await grant(t, ns, 'ops', [rule(['list'], [''], ['pods'])], groupSubject('ops'))
    await allowed(t, {
      user: 'x',
      groups: ['ops'],
      resourceAttributes: { namespace: ns, verb: 'list', resource: 'pods' },
    })
    await t.step('a right of a group', 'GET', `/api/v1/namespaces/${ns}/pods`, { ...own, pick: (o) => o.items ?? o })
    await t.serviceAccount(ns, 'robot')
    const token = await t.token(ns, 'robot')
    await t.step('with a token beside it', 'POST', selves, {
      ...self,
      ...own,
      token,
      pick: (o) => o.status?.userInfo.username ?? o,
    })
    await t.step('with a bad token beside it', 'POST', selves, {
      ...self,
      ...own,
      token: 'garbage',
      pick: (o) => o.status?.userInfo?.username ?? o,
    })
    await t.step('impersonation with it', 'GET', `/api/v1/namespaces/${ns}/pods`, { ...own, as: { user: 'jane' } })
  },

  'subjects of client certificates': async (t) => {
    await t.namespace()
    const self = { body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } }
    const as = async (label, subject) => {
      const one = await made(t, label.replaceAll(' ', '-'), certificateRequest({ subject }))
      const pem = await issued(t, one)
      await t.step(label, 'POST', selves, {
        ...self,
        certificate: { cert: pem, key: one.request.key },
        pick: (o) => (o.kind === 'Status' ? o : o.status.userInfo),
      })
    }
    await as('only a name', [['CN', 'jane']])
    await as('no name', [['O', 'dev']])
    await as('a uid', [
      ['CN', 'jane'],
      ['UID', 'u-7'],
    ])
    await as('the name of an account', [['CN', 'system:serviceaccount:default:default']])
    await as('the group of all', [
      ['CN', 'jane'],
      ['O', 'system:authenticated'],
    ])
    await as('a group twice', [
      ['CN', 'jane'],
      ['O', 'dev'],
      ['O', 'dev'],
    ])
    await as('anonymous by name', [['CN', 'system:anonymous']])
  },

  'a certificate with names of hosts': async (t) => {
    await t.namespace()
    const one = await made(t, 'one', certificateRequest({ dns: ['a.example.test'], ip: ['10.1.2.3'] }))
    const certificate = new X509Certificate(await issued(t, one))
    t.note('the names are there', certificate.subjectAltName)
    t.note('no common name but that', certificate.subject)
  },

  'what the client signer will not sign': async (t) => {
    await t.namespace()
    const failed = async (label, more, request) => {
      const one = await made(t, label.replaceAll(' ', '-'), request, more)
      await t.quiet('PUT', `${one.path}/approval`, {
        body: { ...one.object, status: { conditions: [condition('Approved')] } },
      })
      await t.until(async () => (await t.quiet('GET', one.path)).json?.status?.conditions?.length === 2, 'the failure')
      await t.step(label, 'GET', one.path, statusOf)
    }
    await failed('server auth', { usages: ['server auth'] })
    await failed('server auth beside client auth', { usages: ['client auth', 'server auth'] })
    await failed('no client auth', { usages: ['digital signature'] })
    await failed('a node without its group', { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' })
    await failed('serving without a node', {
      signerName: 'kubernetes.io/kubelet-serving',
      usages: ['digital signature', 'server auth'],
    })
  },

  'what is signed by nobody or by itself': async (t) => {
    await t.namespace()
    const pending = await made(t, 'pending')
    const foreign = await made(t, 'foreign', undefined, { signerName: 'example.test/mine' })
    await t.quiet('PUT', `${foreign.path}/approval`, {
      body: { ...foreign.object, status: { conditions: [condition('Approved')] } },
    })
    const denied = await made(t, 'denied')
    await t.quiet('PUT', `${denied.path}/approval`, {
      body: { ...denied.object, status: { conditions: [condition('Denied')] } },
    })
    await t.sleep(1000)
    await t.step('not approved', 'GET', pending.path, statusOf)
    await t.step('a signer that nobody is', 'GET', foreign.path, statusOf)
    await t.step('denied', 'GET', denied.path, statusOf)
  },

  'a node asks for itself': async (t) => {
    await t.namespace()
    const node = t.name('node')
    const kubelet = {
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usages: ['digital signature', 'client auth'],
    }
    const subject = [
      ['O', 'system:nodes'],
      ['CN', `system:node:${node}`],
    ]
    const boot = t.name('boot')
    await grantCluster(
      t,
      'nodes',
      [rule(['create'], [group], ['certificatesigningrequests', 'certificatesigningrequests/nodeclient'])],
      user(boot),
    )
    await allowed(t, {
      user: boot,
      resourceAttributes: { verb: 'create', group, resource: 'certificatesigningrequests', subresource: 'nodeclient' },
    })
    const name = t.name('one', base)
    await t.step('asked for', 'POST', base, {
      ...csr(name, spec(certificateRequest({ subject }), kubelet)),
      as: { user: boot },
      ...shown,
    })
    await t.until(async () => (await t.quiet('GET', `${base}/${name}`)).json?.status?.certificate, 'the certificate')
    await t.step('approved and signed without anybody', 'GET', `${base}/${name}`, {
      pick: (o) => ({ ...o.status, certificate: typeof o.status.certificate }),
    })
    const other = t.name('two', base)
    await t.quiet('POST', base, { ...csr(other, spec(certificateRequest({ subject }), kubelet)), as: await jane(t) })
    await t.sleep(1000)
    await t.step('not for someone without the right', 'GET', `${base}/${other}`, statusOf)
  },

  'the table': async (t) => {
    await t.namespace()
    const rows = {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      pick: (o) => ({
        columns: o.columnDefinitions.map((c) => [c.name, c.type, c.format, c.priority]),
        rows: o.rows.map((r) => r.cells.map((c, i) => (o.columnDefinitions[i].name === 'Age' ? typeof c : c))),
      }),
    }
    const pending = await made(t, 'pending')
    await t.step('pending', 'GET', pending.path, rows)
    const timed = await made(t, 'timed', undefined, { expirationSeconds: 86400, signerName: 'example.test/mine' })
    await t.step('with a lifetime', 'GET', timed.path, rows)
    await t.quiet('PUT', `${timed.path}/approval`, {
      body: { ...timed.object, status: { conditions: [condition('Approved')] } },
    })
    await t.step('approved', 'GET', timed.path, rows)
    await t.quiet('PATCH', `${timed.path}/status`, {
      body: { status: { conditions: [condition('Approved'), condition('Failed')] } },
      ...merge,
    })
    await t.step('approved and failed', 'GET', timed.path, rows)
    const denied = await made(t, 'denied')
    await t.quiet('PUT', `${denied.path}/approval`, {
      body: { ...denied.object, status: { conditions: [condition('Denied')] } },
    })
    await t.step('denied', 'GET', denied.path, rows)
    await issued(t, pending)
    await t.step('issued', 'GET', pending.path, rows)
  },

  'lists by signer': async (t) => {
    await t.namespace()
    const label = t.name('only')
    const signer = `${label}.example.test/mine`
    const names = { pick: (o) => (o.items ? o.items.map((i) => i.metadata.name) : o) }
    for (const [n, signerName] of [
      ['a', signer],
      ['b', client],
    ])
      await t.quiet('POST', base, {
        ...csr(t.name(n, base), spec(certificateRequest(), { signerName }), { labels: { mine: label } }),
        as: await jane(t),
      })
    await t.step('by signer', 'GET', `${base}?fieldSelector=spec.signerName%3D${encodeURIComponent(signer)}`, names)
    await t.step(
      'by label and signer',
      'GET',
      `${base}?labelSelector=mine%3D${label}&fieldSelector=spec.signerName%3D${encodeURIComponent(client)}`,
      names,
    )
    await t.step('by another field', 'GET', `${base}?fieldSelector=spec.username%3Djane`, names)
    await t.step('delete of them all', 'DELETE', `${base}?labelSelector=mine%3D${label}`, names)
    await t.step('none is left', 'GET', `${base}?labelSelector=mine%3D${label}`, names)
  },
}
