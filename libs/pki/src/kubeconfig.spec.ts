import { expect, test } from 'vitest'
import { kubeconfigYaml } from './kubeconfig.ts'

test('looks as kubectl writes it', () => {
  const text = kubeconfigYaml({
    server: 'https://127.0.0.1:6443',
    caPem: 'CA',
    clusterName: 'ensign',
    user: { name: 'kubernetes-admin', credentials: { certificatePem: 'CERT', privateKeyPem: 'KEY' } },
  })
  expect(text).toBe(`apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://127.0.0.1:6443
  name: ensign
contexts:
- context:
    cluster: ensign
    user: kubernetes-admin
  name: kubernetes-admin@ensign
current-context: kubernetes-admin@ensign
kind: Config
users:
- name: kubernetes-admin
  user:
    client-certificate-data: Q0VSVA==
    client-key-data: S0VZ
`)
})

test('names that YAML would read as something else are quoted', () => {
  const text = kubeconfigYaml({
    server: 'https://[::1]:6443',
    caPem: '',
    clusterName: 'no',
    user: { name: 'a: b', credentials: { token: '123' } },
  })
  expect(text).toContain('  name: "no"\n')
  expect(text).toContain('server: "https://[::1]:6443"\n')
  expect(text).toContain('- name: "a: b"\n  user:\n    token: "123"\n')
})
