/**
 * ServiceAccount: every pod runs as an account, gets that account's token, CA and namespace as a volume unless it does
 * not want them, and its pull secrets.
 * Source: kubernetes/kubernetes plugin/pkg/admission/serviceaccount/admission.go
 */
import { type KubeObject, randomSuffix, StatusError } from '@ensign/apimachinery'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts'
import { podRefusal } from './pod-refusal.ts'
import {
  ephemeralSecretProblem,
  type MountingAccount,
  type MountingPod,
  mountableSecretProblem,
  referencesSecrets,
} from './service-account-secrets.ts'

/** Where clients in pods look for their credentials. */
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const volumePrefix = 'kube-api-access-'
/** Seconds: an hour and seven, by which extended tokens are known. Source: pkg/serviceaccount, WarnOnlyBoundTokenExpirationSeconds. */
const tokenExpirationSeconds = 3607
const defaultMode = 0o644
const mirrorAnnotation = 'kubernetes.io/config.mirror'
const defaultAccount = 'default'
/** A namespace's default account comes a moment after the namespace; a pod that is faster waits for it. */
const defaultAccountAttempts = 10
const attemptMs = { min: 100, spread: 100 } as const

export interface AccountLookup {
  /** From memory. */
  get(namespace: string, name: string): Readonly<KubeObject> | undefined
  /** Not older than this call. */
  getFresh(namespace: string, name: string): Promise<Readonly<KubeObject> | undefined>
}

export function serviceAccountAdmission(accounts: AccountLookup): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: ({ operation, definition, subresource }) =>
      definition.group === '' &&
      definition.plural === 'pods' &&
      (operation === 'CREATE' ? subresource === '' : isForDebugging(operation, subresource)),

    // What is filled in is checked at once, so that its problems come before those of the pod itself.
    mutate(attributes) {
      if (attributes.operation !== 'CREATE') return
      const pod = attributes.object as MountingPod
      if (isMirror(pod)) return checkMirror(attributes)
      pod.spec.serviceAccountName ||= defaultAccount
      pod.spec.serviceAccount = pod.spec.serviceAccountName
      return whenFound(attributes, pod.spec.serviceAccountName, (account) => {
        if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod)
        if (!pod.spec.imagePullSecrets?.length) {
          const pulls = (account.imagePullSecrets ?? []).map(({ name }) => ({ ...(name && { name }) }))
          if (pulls.length > 0) pod.spec.imagePullSecrets = pulls
        }
        checkSecrets(attributes, account)
      })
    },

    validate(attributes) {
      const pod = attributes.object as MountingPod
      if (attributes.operation === 'CREATE' && isMirror(pod)) return checkMirror(attributes)
      const { serviceAccountName } = pod.spec
      if (!serviceAccountName)
        throw podRefusal(attributes, `no service account specified for pod ${attributes.namespace}/${attributes.name}`)
      return whenFound(attributes, serviceAccountName, (account) => checkSecrets(attributes, account))
    },
  }

  /** At once where the account is in memory, else after looking again. */
  function whenFound(
    attributes: AdmissionAttributes,
    name: string,
    then: (account: MountingAccount) => void,
  ): void | Promise<void> {
    const known = accounts.get(attributes.namespace, name)
    if (known) return then(known as MountingAccount)
    return search(attributes.namespace, name).then((account) => {
      if (account) return then(account as MountingAccount)
      const why = `error looking up service account ${attributes.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`
      throw podRefusal(attributes, why)
    })
  }

  async function search(namespace: string, name: string): Promise<Readonly<KubeObject> | undefined> {
    const pauseMs = attemptMs.min + Math.random() * attemptMs.spread
    for (let left = name === defaultAccount ? defaultAccountAttempts : 1; ; left--) {
      const found = await accounts.getFresh(namespace, name)
      if (found || left === 1) return found
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

const isMirror = ({ metadata }: MountingPod): boolean =>
  metadata.annotations !== undefined && mirrorAnnotation in metadata.annotations

const isForDebugging = (operation: string, subresource: string): boolean =>
  operation === 'UPDATE' && subresource === 'ephemeralcontainers'

function checkSecrets(attributes: AdmissionAttributes, account: MountingAccount): void {
  const pod = attributes.object as MountingPod
  if (attributes.operation === 'CREATE') {
    const problem = mountableSecretProblem(pod, account)
    if (problem) throw podRefusal(attributes, problem)
    return
  }
  const problem = ephemeralSecretProblem(pod, account)
  // Upstream gives this one as a plain error, and so clients get a 500.
  if (problem) throw new StatusError('Unknown', problem)
}

function checkMirror(attributes: AdmissionAttributes): void {
  const problem = mirrorProblem(attributes.object as MountingPod)
  if (problem) throw podRefusal(attributes, problem)
}

function mirrorProblem(pod: MountingPod): string | undefined {
  if (pod.spec.serviceAccountName) return 'a mirror pod may not reference service accounts'
  if (referencesSecrets(pod)) return 'a mirror pod may not reference secrets'
  const projectsToken = (pod.spec.volumes ?? []).some((v) => v.projected?.sources?.some((s) => s.serviceAccountToken))
  return projectsToken ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined
}

/** Mounts the volume into every container that has nothing at its place; adds it when it is mounted at all. */
function mountToken(pod: MountingPod): void {
  const existing = pod.spec.volumes?.find((v) => v.name?.startsWith(volumePrefix))
  const name = existing?.name ?? volumePrefix + randomSuffix()
  let mounted = false
  for (const container of [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])]) {
    if (container.volumeMounts?.some((m) => m.mountPath === mountPath)) continue
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }]
    mounted = true
  }
  if (!mounted || existing) return
  pod.spec.volumes = [...(pod.spec.volumes ?? []), { name, projected: { sources: tokenSources(), defaultMode } }]
}

const tokenSources = (): NonNullable<
  NonNullable<NonNullable<MountingPod['spec']['volumes']>[number]['projected']>['sources']
> => [
  { serviceAccountToken: { expirationSeconds: tokenExpirationSeconds, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
]
