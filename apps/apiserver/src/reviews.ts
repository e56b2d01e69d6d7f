/**
 * TokenReview and SelfSubjectReview: whose token is this, and who am I.
 * Source: kubernetes/kubernetes pkg/registry/authentication/{tokenreview,selfsubjectreview}
 */
import type { TokenReview } from '@ensign/api'
import { badRequest, type KubeObject, type UserInfo } from '@ensign/apimachinery'
import type { Authenticator } from '@ensign/authentication'
import type { ActionHandler } from '@ensign/endpoints'
import { timestamp } from '@ensign/registry'

export function tokenReviewAction(authenticator: Authenticator): ActionHandler {
  return async ({ object, validate }) => {
    const review = object as unknown as TokenReview
    const { token = '', audiences = [] } = review.spec ?? {}
    if (token === '') throw badRequest('token is required for TokenReview in authentication')
    await validate(object)
    const result = await authenticator.review(token, audiences)
    const status = result.ok
      ? {
          authenticated: true,
          user: userInfo(result.user),
          ...(result.audiences?.length && { audiences: result.audiences }),
        }
      : { user: {}, error: result.reason }
    return {
      kind: 'TokenReview',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: review.metadata,
      spec: review.spec,
      status,
    } as unknown as KubeObject
  }
}

export function selfSubjectReviewAction(version: 'v1' | 'v1beta1'): ActionHandler {
  return async ({ context }) =>
    ({
      kind: 'SelfSubjectReview',
      apiVersion: `authentication.k8s.io/${version}`,
      metadata: { creationTimestamp: timestamp(context.now) },
      status: { userInfo: userInfo(context.user) },
    }) as unknown as KubeObject
}

const userInfo = ({ username, uid, groups, extra }: UserInfo): object => ({
  username,
  ...(uid && { uid }),
  ...(groups.length > 0 && { groups }),
  ...(extra && Object.keys(extra).length > 0 && { extra }),
})
