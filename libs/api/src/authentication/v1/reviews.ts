/**
 * The reviews of authentication.k8s.io: whose token is this, and who am I. Nothing is stored; the apiserver answers them.
 * Source: kubernetes/kubernetes pkg/registry/authentication
 */
import { type AnyResourceDefinition, defineResource, type MessageSchema } from '@ensign/apimachinery'
import { SelfSubjectReviewSchema, TokenReviewSchema } from '../../generated/authentication-v1.ts'
import { SelfSubjectReviewSchema as SelfSubjectReviewV1beta1Schema } from '../../generated/authentication-v1beta1.ts'

const review = (version: string, kind: string, schema: MessageSchema): AnyResourceDefinition =>
  defineResource({
    group: 'authentication.k8s.io',
    version,
    kind,
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    namespaced: false,
    schema,
    verbs: ['create'],
  })

export const tokenReviews = review('v1', 'TokenReview', TokenReviewSchema)
export const selfSubjectReviews = review('v1', 'SelfSubjectReview', SelfSubjectReviewSchema)
/** For kubectl 1.27, which knows no later version. */
export const selfSubjectReviewsV1beta1 = review('v1beta1', 'SelfSubjectReview', SelfSubjectReviewV1beta1Schema)
