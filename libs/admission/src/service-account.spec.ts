import { pods } from '@ensign/api'
import type { KubeObject, StatusError } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import type { AdmissionAttributes } from './plugin.ts'
import { serviceAccountAdmission } from './service-account.ts'
import type { MountingAccount, MountingPod } from './service-account-secrets.ts'

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'

function plugin(accounts: Record<string, Partial<MountingAccount>>) {
  const get = (_: string, name: string) =>
    (accounts[name] ? { ...accounts[name], metadata: { name, ...accounts[name].metadata } } : undefined) as
      | KubeObject
      | undefined
  return serviceAccountAdmission({ get, getFresh: async (namespace, name) => get(namespace, name) })
}

function attributes(
  spec: Partial<MountingPod['spec']>,
  annotations?: Record<string, string>,
): AdmissionAttributes & { object: MountingPod } {
  return {
    operation: 'CREATE',
    definition: pods,
    subresource: '',
    namespace: 'shop',
    name: 'p',
    user: { username: 'u', groups: [] },
    dryRun: false,
    warn: () => {},
    object: {
      metadata: { name: 'p', ...(annotations && { annotations }) },
      spec: { containers: [{ name: 'c' }], ...spec },
    },
  }
}

async function admitted(
  accounts: Record<string, Partial<MountingAccount>>,
  spec: Partial<MountingPod['spec']>,
  annotations?: Record<string, string>,
): Promise<MountingPod['spec']> {
  const a = attributes(spec, annotations)
  const admission = plugin(accounts)
  await admission.mutate?.(a)
  await admission.validate?.(a)
  return a.object.spec
}
const refusal = (...args: Parameters<typeof admitted>): Promise<string> =>
  admitted(...args).then(
    () => 'admitted',
    (e: StatusError) => e.message,
  )

describe('a pod', () => {
  test('runs as "default" and gets its token, CA and namespace', async () => {
    const spec = await admitted({ default: {} }, {})
    expect([spec.serviceAccountName, spec.serviceAccount]).toEqual(['default', 'default'])
    const name = expect.stringMatching(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(spec.containers?.[0]?.volumeMounts).toEqual([{ name, readOnly: true, mountPath }])
    expect(spec.volumes).toEqual([
      {
        name,
        projected: {
          defaultMode: 420,
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            {
              downwardAPI: {
                items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
              },
            },
          ],
        },
      },
    ])
  })

  test.each([
    ['the pod', {}, { automountServiceAccountToken: false }],
    ['the account', { automountServiceAccountToken: false }, {}],
  ])('gets none when %s does not want it', async (_, account, spec) => {
    expect((await admitted({ default: account }, spec)).volumes).toBeUndefined()
  })

  test('gets it when it wants it though its account does not', async () => {
    expect(
      (await admitted({ default: { automountServiceAccountToken: false } }, { automountServiceAccountToken: true }))
        .volumes,
    ).toHaveLength(1)
  })

  test('keeps what is mounted at that place, and gets no volume that nobody mounts', async () => {
    const spec = await admitted(
      { default: {} },
      { containers: [{ name: 'c', volumeMounts: [{ name: 'mine', mountPath }] }] },
    )
    expect([spec.containers?.[0]?.volumeMounts?.length, spec.volumes]).toEqual([1, undefined])
  })

  test('gets the pull secrets of its account, unless it names its own', async () => {
    const accounts = { default: { imagePullSecrets: [{ name: 'a' }, { name: 'b' }] } }
    expect((await admitted(accounts, {})).imagePullSecrets).toEqual([{ name: 'a' }, { name: 'b' }])
    expect((await admitted(accounts, { imagePullSecrets: [{ name: 'own' }] })).imagePullSecrets).toEqual([
      { name: 'own' },
    ])
  })

  test('of an account that is not there is refused', async () => {
    expect(await refusal({}, { serviceAccountName: 'nobody' })).toBe(
      'pods "p" is forbidden: error looking up service account shop/nobody: serviceaccount "nobody" not found',
    )
  })
})

describe('an account that says which Secrets may be used', () => {
  const strict = {
    robot: {
      metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
      secrets: [{ name: 'ok' }],
    },
  }
  const as = (spec: Partial<MountingPod['spec']>) => ({ serviceAccountName: 'robot', ...spec })
  test.each<[string, Partial<MountingPod['spec']>]>([
    [
      'volume with secret.secretName="s" is not allowed because service account robot does not reference that secret',
      { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
    ],
    [
      'container c with envVar E referencing secret.secretName="s" is not allowed because service account robot does not reference that secret',
      { containers: [{ name: 'c', env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 's' } } }] }] },
    ],
    [
      'init container i with envFrom referencing secret.secretName="s" is not allowed because service account robot does not reference that secret',
      { initContainers: [{ name: 'i', envFrom: [{ secretRef: { name: 's' } }] }] },
    ],
    [
      'imagePullSecrets[0].name="s" is not allowed because service account robot does not reference that imagePullSecret',
      { imagePullSecrets: [{ name: 's' }] },
    ],
  ])('refuses: %s', async (text, spec) => {
    expect(await refusal(strict, as(spec))).toBe(`pods "p" is forbidden: ${text}`)
  })

  test('refuses them to containers that come later too, as a plain error', () => {
    const env = [{ name: 'E', valueFrom: { secretKeyRef: { name: 's' } } }]
    const later = {
      ...attributes(as({ ephemeralContainers: [{ name: 'd', env }] })),
      operation: 'UPDATE' as const,
      subresource: 'ephemeralcontainers',
    }
    const admission = plugin(strict)
    expect(admission.handles(later)).toBe(true)
    expect(() => admission.validate?.(later)).toThrow(
      /^ephemeral container d with envVar E referencing secret.secretName="s" is not allowed/,
    )
  })

  test('lets those be used', async () => {
    expect(await refusal(strict, as({ volumes: [{ name: 'v', secret: { secretName: 'ok' } }] }))).toBe('admitted')
  })
})

describe('a mirror pod', () => {
  const mirror = { 'kubernetes.io/config.mirror': 'hash' }
  test('is left alone', async () => {
    expect(await admitted({}, {}, mirror)).toEqual({ containers: [{ name: 'c' }] })
  })
  test.each<[string, Partial<MountingPod['spec']>]>([
    ['a mirror pod may not reference service accounts', { serviceAccountName: 'a' }],
    ['a mirror pod may not reference secrets', { volumes: [{ name: 'v', secret: { secretName: 's' } }] }],
    [
      'a mirror pod may not use ServiceAccountToken volume projections',
      { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: {} }] } }] },
    ],
  ])('is refused: %s', async (text, spec) => {
    expect(await refusal({}, spec, mirror)).toBe(`pods "p" is forbidden: ${text}`)
  })
})
