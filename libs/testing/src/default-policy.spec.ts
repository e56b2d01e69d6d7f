/** What becomes of the default roles and bindings when somebody has changed them and the plane is started again. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from './api-client.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const rolePath = (name: string) => `${rbac}/clusterroles/${name}`
const bindingPath = (name: string) => `${rbac}/clusterrolebindings/${name}`
const inKubeSystem = `${rbac}/namespaces/kube-system`
const apiGroup = 'rbac.authorization.k8s.io'
const clusterAdmin = { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' }
const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate'
const group = (name: string) => ({ apiGroup, kind: 'Group', name })
const jane = { apiGroup, kind: 'User', name: 'jane' }
const bootstrapSigner = { kind: 'ServiceAccount', name: 'bootstrap-signer', namespace: 'kube-system' }

let folder: string
let plane: TestPlane
let admin: ApiClient
/** Whether each of these may do everything, before the restart. */
let before: Record<string, boolean>

const start = async (): Promise<void> => {
  plane = await startTestPlane({ place: { dir: folder, 'store-url': `sqlite:${join(folder, 'store.db')}` } })
  admin = plane.client()
}

async function must<T extends { status: number; body: { message?: string } }>(reply: Promise<T>): Promise<T['body']> {
  const { status, body } = await reply
  expect(status, body.message).toBeLessThan(300)
  return body
}

/** The binding with another role, as `kubectl delete` and `kubectl create` make it. */
async function bindAnother(path: string, more: object = {}): Promise<void> {
  const { kind, metadata } = await must(admin.get(path))
  await must(admin.delete(path))
  const { metadata: added, ...rest } = { metadata: {}, ...more }
  const object = { kind, apiVersion: `${apiGroup}/v1`, roleRef: clusterAdmin, subjects: [jane], ...rest }
  await must(
    admin.post(path.slice(0, path.lastIndexOf('/')), { ...object, metadata: { name: metadata.name, ...added } }),
  )
}

async function mayDoEverything(): Promise<Record<string, boolean>> {
  const may = async (client: ApiClient, path: string) => (await client.delete(`${path}?dryRun=All`)).status !== 403
  const nobody = plane.clientAs('nobody', ['system:authenticated'])
  const signer = plane.clientAs('system:serviceaccount:kube-system:bootstrap-signer')
  return {
    'nobody, in the cluster': await may(nobody, '/api/v1/nodes/x'),
    'nobody, in kube-system': await may(nobody, '/api/v1/namespaces/kube-system/secrets/x'),
    'an account of the system, in its namespace': await may(signer, '/api/v1/namespaces/kube-system/secrets/x'),
    'an account of the system, in the cluster': await may(signer, '/api/v1/nodes/x'),
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ensign-policy-'))
  await start()
  await bindAnother(bindingPath('system:basic-user'))
  await bindAnother(bindingPath('system:discovery'), { metadata: { annotations: { [autoUpdate]: 'false' } } })
  await bindAnother(bindingPath('system:monitoring'), { metadata: { finalizers: ['example.test/keep'] } })
  await bindAnother(bindingPath('system:service-account-issuer-discovery'), {
    metadata: { finalizers: ['example.test/keep'] },
  })
  await must(admin.delete(bindingPath('system:service-account-issuer-discovery')))
  await bindAnother(`${inKubeSystem}/rolebindings/system:controller:bootstrap-signer`)
  await bindAnother(`${inKubeSystem}/rolebindings/system:controller:token-cleaner`, {
    roleRef: { apiGroup, kind: 'Role', name: 'system:controller:bootstrap-signer' },
  })
  // Once a part of system:discovery.
  await must(admin.delete(bindingPath('system:public-info-viewer')))
  await must(admin.delete(bindingPath('system:node-proxier')))
  await must(admin.patch(bindingPath('system:kube-dns'), { subjects: null }))
  await must(
    admin.patch(bindingPath('system:volume-scheduler'), {
      metadata: { labels: null, annotations: { [autoUpdate]: 'yes' } },
      subjects: [jane],
    }),
  )

  // As `kubectl replace` does it with what lacks the aggregationRule.
  const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] }
  const role = { kind: 'ClusterRole', apiVersion: `${apiGroup}/v1` }
  await must(admin.put(rolePath('edit'), { ...role, metadata: { name: 'edit' }, rules: [rule] }))
  const own = { verbs: ['dance'], apiGroups: ['example.test'], resources: ['floors'] }
  await must(admin.put(rolePath('view'), { ...role, metadata: { name: 'view' }, rules: [own] }))
  await must(admin.delete(rolePath('system:aggregate-to-view')))
  await must(
    admin.patch(rolePath('system:kube-dns'), {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'example.test/none': 'true' } }] },
    }),
  )
  await must(
    admin.patch(rolePath('system:node-problem-detector'), {
      metadata: { annotations: { [autoUpdate]: 'false' } },
      rules: [],
    }),
  )
  await must(admin.patch(rolePath('system:basic-user'), { metadata: { labels: null }, rules: [] }))
  await must(admin.patch(`${inKubeSystem}/roles/system:controller:token-cleaner`, { rules: [rule] }))
  before = await mayDoEverything()
  await plane[Symbol.asyncDispose]()
  await start()
})
afterAll(async () => {
  await plane[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const read = async (path: string) => must(admin.get(path))

describe('default policy: a restart', () => {
  test('gives nobody what they could not do before', async () => {
    expect(Object.values(before)).toEqual([false, false, false, false])
    expect(await mayDoEverything()).toEqual(before)
  })

  test('makes a ClusterRoleBinding anew that binds another role, without the subjects of the other', async () => {
    expect(await read(bindingPath('system:basic-user'))).toMatchObject({
      metadata: { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' }, annotations: { [autoUpdate]: 'true' } },
      roleRef: { ...clusterAdmin, name: 'system:basic-user' },
      subjects: [group('system:authenticated')],
    })
  })

  test.each(['system:monitoring', 'system:service-account-issuer-discovery'])(
    'makes a binding anew although finalizers keep the other one: %s',
    async (name) => {
      const { metadata, roleRef } = await read(bindingPath(name))
      expect([metadata.finalizers, metadata.deletionTimestamp, roleRef.name]).toEqual([undefined, undefined, name])
    },
  )

  test('makes a RoleBinding anew that binds another role, of the same kind or not', async () => {
    for (const name of ['bootstrap-signer', 'token-cleaner']) {
      expect(await read(`${inKubeSystem}/rolebindings/system:controller:${name}`)).toMatchObject({
        roleRef: { kind: 'Role', name: `system:controller:${name}` },
        subjects: [{ ...bootstrapSigner, name }],
      })
    }
  })

  test('leaves a protected binding alone, and what it binds', async () => {
    expect(await read(bindingPath('system:discovery'))).toMatchObject({ roleRef: clusterAdmin, subjects: [jane] })
  })

  test('makes a binding that was split off from another one with its subjects and its protection', async () => {
    expect(await read(bindingPath('system:public-info-viewer'))).toMatchObject({
      metadata: { annotations: { [autoUpdate]: 'false' } },
      roleRef: { ...clusterAdmin, name: 'system:public-info-viewer' },
      subjects: [jane],
    })
  })

  test('gives back subjects, labels and whole bindings, and keeps what was added', async () => {
    expect((await read(bindingPath('system:node-proxier'))).subjects).toHaveLength(1)
    expect((await read(bindingPath('system:kube-dns'))).subjects).toEqual([{ ...bootstrapSigner, name: 'kube-dns' }])
    expect(await read(bindingPath('system:volume-scheduler'))).toMatchObject({
      metadata: { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' }, annotations: { [autoUpdate]: 'yes' } },
      subjects: [jane, { apiGroup, kind: 'User', name: 'system:kube-scheduler' }],
    })
  })

  test('gives a role back the rules that it lacks, unless it is protected', async () => {
    const basic = await read(rolePath('system:basic-user'))
    expect(basic.rules.flatMap(({ resources }: { resources: string[] }) => resources)).toEqual([
      'selfsubjectaccessreviews',
      'selfsubjectrulesreviews',
      'selfsubjectreviews',
    ])
    expect(basic.metadata.labels).toEqual({ 'kubernetes.io/bootstrapping': 'rbac-defaults' })
    expect((await read(`${inKubeSystem}/roles/system:controller:token-cleaner`)).rules.length).toBeGreaterThan(1)
    expect((await read(rolePath('system:node-problem-detector'))).rules).toBeNull()
  })

  test('gives an aggregated role back its aggregationRule, and takes one away where none belongs', async () => {
    const selector = { matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' } }
    expect((await read(rolePath('edit'))).aggregationRule).toEqual({ clusterRoleSelectors: [selector] })
    const dns = await read(rolePath('system:kube-dns'))
    expect([dns.aggregationRule, dns.rules.length]).toEqual([undefined, 1])
  })

  test('moves the rules of a role that was not aggregated to the part of it that is missing', async () => {
    const { metadata, rules } = await read(rolePath('system:aggregate-to-view'))
    expect(metadata.labels['rbac.authorization.k8s.io/aggregate-to-view']).toBe('true')
    expect(rules[0].verbs).toEqual(['dance'])
    expect(rules.length).toBeGreaterThan(1)
  })
})
