/** What does something instead of storing something: tokens, and every kind of review. */
import type { Authenticator } from '@ensign/authentication'
import type { ActionHandler } from '@ensign/endpoints'
import { accessReviewAction, rulesReviewAction } from './access-reviews.ts'
import type { Objects } from './objects.ts'
import { bindingAction } from './pod-binding.ts'
import { evictionAction } from './pod-eviction.ts'
import { selfSubjectReviewAction, tokenReviewAction } from './reviews.ts'
import { type TokenRequestOptions, tokenRequestAction } from './token-request.ts'

/** By `group/version/resource/subresource`, as the chain asks for them. */
export function createActions(
  objects: Objects,
  authenticator: Authenticator,
  tokens: Omit<TokenRequestOptions, 'objects'>,
): ReadonlyMap<string, ActionHandler> {
  const { authorizer } = objects
  return new Map<string, ActionHandler>([
    ['/v1/bindings/', bindingAction(objects)],
    ['/v1/pods/binding', bindingAction(objects)],
    ['/v1/pods/eviction', evictionAction(objects)],
    ['/v1/serviceaccounts/token', tokenRequestAction({ objects, ...tokens })],
    ['authentication.k8s.io/v1/tokenreviews/', tokenReviewAction(authenticator)],
    ['authentication.k8s.io/v1/selfsubjectreviews/', selfSubjectReviewAction('v1')],
    ['authentication.k8s.io/v1beta1/selfsubjectreviews/', selfSubjectReviewAction('v1beta1')],
    ['authorization.k8s.io/v1/selfsubjectrulesreviews/', rulesReviewAction(authorizer)],
    ['authorization.k8s.io/v1/subjectaccessreviews/', accessReviewAction(authorizer, 'SubjectAccessReview')],
    ['authorization.k8s.io/v1/localsubjectaccessreviews/', accessReviewAction(authorizer, 'LocalSubjectAccessReview')],
    ['authorization.k8s.io/v1/selfsubjectaccessreviews/', accessReviewAction(authorizer, 'SelfSubjectAccessReview')],
  ])
}
