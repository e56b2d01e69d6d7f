/**
 * Which Secrets a pod names, and whether its account lets it.
 * Source: kubernetes/kubernetes plugin/pkg/admission/serviceaccount/admission.go (limitSecretReferences),
 * pkg/api/v1/pod/util.go (VisitPodSecretNames)
 */
import type { KubeObject } from '@ensign/apimachinery'

interface Named {
  name?: string
}

interface SecretSource {
  secretRef?: Named
}

interface MountingContainer {
  name?: string
  env?: { name?: string; valueFrom?: { secretKeyRef?: Named } }[]
  envFrom?: SecretSource[]
  volumeMounts?: { name?: string; readOnly?: boolean; mountPath?: string }[]
}

/** The part of a pod that has to do with accounts and Secrets. */
export interface MountingPod extends KubeObject {
  spec: {
    serviceAccountName?: string
    serviceAccount?: string
    automountServiceAccountToken?: boolean
    imagePullSecrets?: Named[]
    initContainers?: MountingContainer[]
    containers?: MountingContainer[] | null
    ephemeralContainers?: MountingContainer[]
    volumes?: {
      name?: string
      secret?: { secretName?: string }
      csi?: { nodePublishSecretRef?: Named }
      projected?: {
        sources?: { secret?: Named; serviceAccountToken?: object; configMap?: object; downwardAPI?: object }[] | null
        defaultMode?: number
      }
      [source: string]: unknown
    }[]
  }
}

export interface MountingAccount extends KubeObject {
  automountServiceAccountToken?: boolean
  secrets?: Named[]
  imagePullSecrets?: Named[]
}

const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets'
/** Go's strconv.ParseBool. */
const trueWords = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])

/** Why the pod may not use a Secret that it names, for accounts that say which ones may be used. */
export function mountableSecretProblem(pod: MountingPod, account: MountingAccount): string | undefined {
  if (!trueWords.has(account.metadata.annotations?.[enforceAnnotation] ?? '')) return undefined
  const allowed = new Set((account.secrets ?? []).map((s) => s.name))
  const name = account.metadata.name ?? ''
  const refused = (what: string, secret: string) =>
    `${what}secret.secretName=${JSON.stringify(secret)} is not allowed because service account ${name} does not reference that secret`
  for (const { secret } of pod.spec.volumes ?? []) {
    if (secret?.secretName && !allowed.has(secret.secretName)) return refused('volume with ', secret.secretName)
  }
  for (const [kind, containers] of [
    ['init container', pod.spec.initContainers],
    ['container', pod.spec.containers],
  ] as const) {
    for (const container of containers ?? []) {
      const problem = containerProblem(container, kind)
      if (problem) return problem
    }
  }
  return pullSecretProblem(pod, account)

  function containerProblem({ name: container, env, envFrom }: MountingContainer, kind: string): string | undefined {
    for (const { name: variable, valueFrom } of env ?? []) {
      const secret = valueFrom?.secretKeyRef?.name
      if (secret && !allowed.has(secret))
        return refused(`${kind} ${container} with envVar ${variable} referencing `, secret)
    }
    for (const { secretRef } of envFrom ?? []) {
      if (secretRef?.name && !allowed.has(secretRef.name))
        return refused(`${kind} ${container} with envFrom referencing `, secretRef.name)
    }
    return undefined
  }
}

function pullSecretProblem(pod: MountingPod, account: MountingAccount): string | undefined {
  const allowed = new Set((account.imagePullSecrets ?? []).map((s) => s.name))
  for (const [i, { name }] of (pod.spec.imagePullSecrets ?? []).entries()) {
    if (!allowed.has(name)) {
      return `imagePullSecrets[${i}].name=${JSON.stringify(name ?? '')} is not allowed because service account ${account.metadata.name} does not reference that imagePullSecret`
    }
  }
  return undefined
}

/** Whether a pod names any Secret anywhere. */
export function referencesSecrets({ spec }: MountingPod): boolean {
  if (spec.imagePullSecrets?.length) return true
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
  if (containers.some((c) => c.envFrom?.some((e) => e.secretRef) || c.env?.some((e) => e.valueFrom?.secretKeyRef)))
    return true
  return (spec.volumes ?? []).some(({ secret, csi, projected, ...others }) => {
    if (secret || csi?.nodePublishSecretRef || projected?.sources?.some((s) => s.secret)) return true
    // Every other kind of volume names its credentials by `secretRef`, some of them one level deeper.
    return Object.values(others).some(
      (source) => typeof source === 'object' && source !== null && 'secretRef' in source,
    )
  })
}
