/**
 * Tokens from TokenRequest: alive as long as their account and the object they are bound to.
 * Source for the order of the checks and their texts: kubernetes/kubernetes pkg/serviceaccount/claims.go, Validate.
 */
import { type Clock, errorMessage } from '@ensign/process'
import type { TokenMetrics } from '../metrics.ts'
import type { ParsedClaims } from './parsed-claims.ts'
import type { TokenObjects, TokenPod, TokenServiceAccount } from './token-objects.ts'
import { invalid, leewayMs, missing, objectOrNone, type Validator, type Validity, valid } from './validation.ts'

export function boundValidator(deps: { clock: Clock; metrics: TokenMetrics }): Validator {
  const { clock, metrics } = deps
  return {
    named: ({ bound: { namespace, serviceAccount, secret, pod, node } }) => ({
      namespace,
      serviceAccount: serviceAccount.name,
      ...(secret && { secret: secret.name }),
      ...(pod && { pod: pod.name }),
      ...(node && !pod && { node: node.name }),
    }),
    validate(_, claims, objects) {
      const nowMs = clock.now()
      const problem =
        timeProblem(claims, nowMs) ??
        accountProblem(claims, objects, nowMs - leewayMs) ??
        bindingProblem(claims, objects, nowMs - leewayMs)
      if (problem) return problem

      const { warnAfter } = claims.bound
      if (warnAfter === undefined) return valid
      if (nowMs <= warnAfter * 1000) {
        metrics.valid.inc()
        return valid
      }
      metrics.stale.inc()
      const late = Math.floor(nowMs / 1000) - warnAfter
      const text = `subject: ${claims.subject}, seconds after warning threshold: ${late}`
      return { ok: true, auditAnnotations: { 'authentication.k8s.io/stale-token': text } }
    },
  }
}

/** Times that a token does not name are not checked. */
function timeProblem({ notBefore, expiry, issuedAt }: ParsedClaims, nowMs: number): Validity | undefined {
  const [latest, earliest] = [(nowMs + leewayMs) / 1000, (nowMs - leewayMs) / 1000]
  if (notBefore !== undefined && notBefore > latest) return invalid('service account token is not valid yet')
  if (expiry !== undefined && expiry < earliest) return invalid('service account token has expired')
  if (issuedAt !== undefined && issuedAt > latest) return invalid('service account token is issued in the future')
  return undefined
}

function accountProblem({ bound }: ParsedClaims, objects: TokenObjects, limitMs: number): Validity | undefined {
  const { namespace } = bound
  const { name, uid } = bound.serviceAccount
  let account: TokenServiceAccount | undefined
  try {
    account = objects.serviceAccount(namespace, name)
  } catch (error) {
    return invalid(errorMessage(error))
  }
  if (!account) return missing(`serviceaccounts "${name}" not found`)
  if (account.metadata.uid !== uid) {
    return missing(`service account UID (${account.metadata.uid}) does not match claim (${uid})`)
  }
  if (deletedBefore(account, limitMs)) return invalid(`service account ${namespace}/${name} has been deleted`)
  return undefined
}

function bindingProblem({ bound }: ParsedClaims, objects: TokenObjects, limitMs: number): Validity | undefined {
  const { namespace, secret, pod, node } = bound
  const { name, uid } = secret ?? pod ?? node ?? { name: '', uid: '' }
  const check = (kind: 'secret' | 'pod' | 'node', find: () => TokenPod | undefined): Validity | undefined => {
    const object = objectOrNone(find)
    if (!object) return missing('service account token has been invalidated')
    if (object.metadata.uid !== uid) {
      return missing(`${kind} UID (${object.metadata.uid}) does not match service account ${kind} ref claim (${uid})`)
    }
    return deletedBefore(object, limitMs) ? invalid('service account token has been invalidated') : undefined
  }
  if (secret) return check('secret', () => objects.secret(namespace, name))
  if (pod) return check('pod', () => objects.pod(namespace, name))
  // A pod's token names the pod's node for information; it is not bound to it, and so is not asked about here.
  return node && check('node', () => objects.node(name))
}

/** Was this marked for deletion longer ago than the leeway? A pod's mark lies ahead by its grace period. */
function deletedBefore({ metadata }: TokenPod, limitMs: number): boolean {
  return metadata.deletionTimestamp !== undefined && Date.parse(metadata.deletionTimestamp) < limitMs
}
