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

const isEnforced = ({ metadata }: MountingAccount): boolean =>
  trueWords.has(metadata.annotations?.[enforceAnnotation] ?? '')

/** Why the pod may not use a Secret that it names, for accounts that say which ones may be used. */
export function mountableSecretProblem(pod: MountingPod, account: MountingAccount): string | undefined {
  if (!isEnforced(account)) return undefined
  const secrets = secretsOf(account)
  for (const { secret } of pod.spec.volumes ?? []) {
    if (secret && !secrets.allowed.has(secret.secretName)) return secrets.refusal('volume with ', secret.secretName)
  }
  return (
    containersProblem(pod.spec.initContainers, 'init container', secrets) ??
    containersProblem(pod.spec.containers, 'container', secrets) ??
    pullSecretProblem(pod, account)
  )
}

/** The same for containers that come later, to debug; of the others this was asked when the pod came. */
export function ephemeralSecretProblem(pod: MountingPod, account: MountingAccount): string | undefined {
  if (!isEnforced(account)) return undefined
  return containersProblem(pod.spec.ephemeralContainers, 'ephemeral container', secretsOf(account))
}

interface MountableSecrets {
  readonly allowed: ReadonlySet<string | undefined>
  refusal(what: string, secret: string | undefined): string
}

const secretsOf = (account: MountingAccount): MountableSecrets => ({
  allowed: new Set((account.secrets ?? []).map((s) => s.name)),
  refusal: (what, secret = '') =>
    `${what}secret.secretName="${secret}" is not allowed because service account ${account.metadata.name ?? ''} does not reference that secret`,
})

function containersProblem(
  containers: readonly MountingContainer[] | null | undefined,
  kind: string,
  { allowed, refusal }: MountableSecrets,
): string | undefined {
  for (const { name: container, env, envFrom } of containers ?? []) {
    for (const { name: variable, valueFrom } of env ?? []) {
      const secret = valueFrom?.secretKeyRef
      if (secret && !allowed.has(secret.name))
        return refusal(`${kind} ${container} with envVar ${variable} referencing `, secret.name)
    }
    for (const { secretRef } of envFrom ?? []) {
      if (secretRef && !allowed.has(secretRef.name))
        return refusal(`${kind} ${container} with envFrom referencing `, secretRef.name)
    }
  }
  return undefined
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

interface CredentialSource {
  secretRef?: Named
  secretName?: string
  nodePublishSecretRef?: Named
}

/** Whether a pod names any Secret anywhere. Source: pkg/api/pod/util.go, VisitPodSecretNames; an empty name is none. */
export function referencesSecrets({ spec }: MountingPod): boolean {
  if (spec.imagePullSecrets?.some((s) => s.name)) return true
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
  const isNamed = ({ env, envFrom }: MountingContainer): boolean | undefined =>
    envFrom?.some((e) => e.secretRef?.name) || env?.some((e) => e.valueFrom?.secretKeyRef?.name)
  if (containers.some(isNamed)) return true
  return (spec.volumes ?? []).some(({ name: _, projected, ...sources }) => {
    if (projected?.sources?.some((s) => s.secret?.name)) return true
    // Every kind of volume names its credentials by one of these members.
    return (Object.values(sources) as CredentialSource[]).some(
      (s) => s.secretRef?.name || s.secretName || s.nodePublishSecretRef?.name,
    )
  })
}
