import { parseOptions, UserError } from '@ensign/process'
import { describe, expect, test } from 'vitest'
import { checkOptions } from './check-options.ts'
import {
  checkAuthorizationModes,
  checkedFlags,
  flagsWithoutEffect,
  logFlagsWithoutEffect,
  withLongNames,
} from './kube-flags.ts'
import { apiserverFlags } from './options.ts'

const flags = { ...flagsWithoutEffect, ...apiserverFlags, ...checkedFlags }
const needed = ['--service-account-issuer=https://kubernetes.default.svc', '--service-account-signing-key-file=sa.key']
const parsed = (...argv: string[]) => parseOptions(flags, [...needed, ...argv], {})

/** As kubeadm writes them. Source: kubernetes/kubernetes cmd/kubeadm/app/phases/controlplane/manifests.go */
const ofKubeadm = [
  '--advertise-address=192.0.2.1',
  '--allow-privileged=true',
  '--authorization-mode=Node,RBAC',
  '--client-ca-file=ca.crt',
  '--enable-admission-plugins=NodeRestriction',
  '--enable-bootstrap-token-auth=true',
  '--etcd-cafile=etcd/ca.crt',
  '--etcd-certfile=apiserver-etcd-client.crt',
  '--etcd-keyfile=apiserver-etcd-client.key',
  '--etcd-servers=https://127.0.0.1:2379',
  '--kubelet-client-certificate=apiserver-kubelet-client.crt',
  '--kubelet-client-key=apiserver-kubelet-client.key',
  '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
  '--proxy-client-cert-file=front-proxy-client.crt',
  '--proxy-client-key-file=front-proxy-client.key',
  '--requestheader-allowed-names=front-proxy-client',
  '--requestheader-client-ca-file=front-proxy-ca.crt',
  '--requestheader-extra-headers-prefix=X-Remote-Extra-',
  '--requestheader-group-headers=X-Remote-Group',
  '--requestheader-username-headers=X-Remote-User',
  '--secure-port=6443',
  '--service-account-key-file=sa.pub',
  '--service-cluster-ip-range=10.96.0.0/12',
  '--tls-cert-file=apiserver.crt',
  '--tls-private-key-file=apiserver.key',
]

test('the flags that kubeadm gives a kube-apiserver are accepted, and those without effect are logged with the reason', () => {
  const options = parsed(...ofKubeadm)
  checkAuthorizationModes(options)
  checkOptions(options)
  const logged: unknown[] = []
  const log = { warn: (_: string, fields: unknown) => logged.push(fields) }
  logFlagsWithoutEffect(options, log as never)
  expect(logged).toContainEqual({ flag: 'etcd-servers', why: 'objects are kept where --store-url says' })
  expect(logged).toHaveLength(16)
})

test.each([[['-v', '2']], [['-v=2']], [['-v2']], [['--v=2']]])('%j is accepted', (argv) => {
  expect(parsed(...withLongNames(argv))).toMatchObject({ v: '2' })
})

test('a flag that would keep something out is unknown rather than without effect', () => {
  for (const name of ['audit-policy-file', 'encryption-provider-config', 'tls-cipher-suites', 'token-auth-file'])
    expect(() => parsed(`--${name}=x`)).toThrow(`unknown flag --${name}`)
})

describe('--authorization-mode', () => {
  const problem = (modes: string): string => {
    try {
      checkAuthorizationModes(parsed(`--authorization-mode=${modes}`))
      return ''
    } catch (error) {
      if (error instanceof UserError) return error.message
      throw error
    }
  }

  test('is RBAC, with or without Node', () => {
    expect(['RBAC', 'Node,RBAC'].map(problem)).toEqual(['', ''])
  })

  test.each([
    ['AlwaysAllow', 'authorization mode AlwaysAllow is not served: requests are authorized by RBAC'],
    ['RBAC,Webhook', 'authorization mode Webhook is not served: requests are authorized by RBAC'],
    ['Nobody', 'authorization-mode "Nobody" is not a valid mode'],
    ['Node', '--authorization-mode leaves out RBAC, by which requests are authorized'],
  ])('%s is refused', (modes, text) => {
    expect(problem(modes)).toBe(text)
  })
})

describe('admission plug-ins', () => {
  const check = (...argv: string[]) => checkOptions(parsed(...argv))

  test("of Kubernetes' are known by name, whether they are there or not", () => {
    expect(check('--enable-admission-plugins=NodeRestriction,LimitRanger')).toBeUndefined()
    expect(check('--disable-admission-plugins=ServiceAccount', '--disable-admission-plugins=Priority')).toBeUndefined()
  })

  test.each([
    [['--enable-admission-plugins=Nothing'], 'enable-admission-plugins plugin "Nothing" is unknown'],
    [
      ['--enable-admission-plugins=NodeRestriction,AlwaysDeny'],
      'admission plugin "AlwaysDeny" is not served: it would refuse',
    ],
    [['--enable-admission-plugins=PodSecurity'], 'admission plugin "PodSecurity" is not served: it would refuse'],
    [['--disable-admission-plugins=Nothing'], 'disable-admission-plugins plugin "Nothing" is unknown'],
    [
      ['--disable-admission-plugins=Priority,ServiceAccount', '--enable-admission-plugins=ServiceAccount'],
      '[ServiceAccount] in enable-admission-plugins and disable-admission-plugins overlapped',
    ],
  ])('%j are refused', (argv, text) => {
    expect(() => check(...argv)).toThrow(text)
  })
})
