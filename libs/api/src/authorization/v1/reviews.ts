/**
 * The reviews of authorization.k8s.io: may this user do that. Nothing is stored; the apiserver answers them.
 * Source: kubernetes/kubernetes pkg/registry/authorization
 */
import { type AnyResourceDefinition, defineResource, type MessageSchema } from '@ensign/apimachinery'
import {
  LocalSubjectAccessReviewSchema,
  SelfSubjectAccessReviewSchema,
  SelfSubjectRulesReviewSchema,
  SubjectAccessReviewSchema,
} from '../../generated/authorization-v1.ts'

const review = (kind: string, schema: MessageSchema, namespaced = false): AnyResourceDefinition =>
  defineResource({
    group: 'authorization.k8s.io',
    version: 'v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    namespaced,
    schema,
    verbs: ['create'],
  })

export const localSubjectAccessReviews = review('LocalSubjectAccessReview', LocalSubjectAccessReviewSchema, true)
export const selfSubjectAccessReviews = review('SelfSubjectAccessReview', SelfSubjectAccessReviewSchema)
export const selfSubjectRulesReviews = review('SelfSubjectRulesReview', SelfSubjectRulesReviewSchema)
export const subjectAccessReviews = review('SubjectAccessReview', SubjectAccessReviewSchema)
