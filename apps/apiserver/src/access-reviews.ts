/**
 * The SubjectAccessReview family: may this user do that.
 * Source: kubernetes/kubernetes pkg/registry/authorization, pkg/apis/authorization/validation/validation.go
 */
import type { SelfSubjectRulesReview, SubjectAccessReview } from '@ensign/api'
import {
  badRequest,
  type FieldError,
  invalid,
  invalidValue,
  type KubeObject,
  type UserInfo,
} from '@ensign/apimachinery'
import type { Authorizer, PolicyRule, RbacAuthorizer, RequestAttributes } from '@ensign/authorization'
import type { ActionCall, ActionHandler } from '@ensign/endpoints'

type Spec = SubjectAccessReview['spec']

export function accessReviewAction(
  authorizer: Authorizer,
  kind: 'SubjectAccessReview' | 'LocalSubjectAccessReview' | 'SelfSubjectAccessReview',
): ActionHandler {
  return async (call: ActionCall) => {
    const review = call.object as unknown as SubjectAccessReview
    const spec = review.spec ?? {}
    const errors = kind === 'SelfSubjectAccessReview' ? [] : subjectErrors(spec)
    errors.push(...attributeErrors(spec))
    if (kind === 'LocalSubjectAccessReview') errors.push(...localErrors(spec, call))
    // The kind is empty in this text, as upstream's.
    if (errors.length) throw invalid('authorization.k8s.io', '', '', errors)
    await call.validate(call.object)
    const user: UserInfo =
      kind === 'SelfSubjectAccessReview' ? call.context.user : { username: spec.user ?? '', groups: spec.groups ?? [] }
    const { allowed, reason } = authorizer.authorize(user, attributesOf(spec))
    return { ...review, status: { allowed, ...(reason && { reason }) } } as unknown as KubeObject
  }
}

function attributesOf({ resourceAttributes: r, nonResourceAttributes: n }: Spec): RequestAttributes {
  if (n) return { isResource: false, verb: n.verb ?? '', path: n.path ?? '' }
  return {
    isResource: true,
    verb: r?.verb ?? '',
    group: r?.group ?? '',
    resource: r?.resource ?? '',
    subresource: r?.subresource ?? '',
    namespace: r?.namespace ?? '',
    name: r?.name ?? '',
  }
}

function attributeErrors({ resourceAttributes, nonResourceAttributes }: Spec): FieldError[] {
  if (resourceAttributes && nonResourceAttributes) {
    return [
      invalidValue(
        'spec.nonResourceAttributes',
        nonResourceAttributes,
        'cannot be specified in combination with resourceAttributes',
      ),
    ]
  }
  if (!resourceAttributes && !nonResourceAttributes) {
    return [
      invalidValue(
        'spec.resourceAttributes',
        null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    ]
  }
  return []
}

const subjectErrors = ({ user, groups }: Spec): FieldError[] =>
  user || groups?.length
    ? []
    : [invalidValue('spec.user', user ?? '', 'at least one of user or group must be specified')]

function localErrors({ resourceAttributes, nonResourceAttributes }: Spec, { namespace }: ActionCall): FieldError[] {
  if (nonResourceAttributes)
    return [
      {
        type: 'FieldValueForbidden',
        field: 'spec.nonResourceAttributes',
        detail: 'disallowed on this kind of request',
      },
    ]
  if (resourceAttributes && resourceAttributes.namespace !== namespace)
    throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`)
  return []
}

/** What a user may do in a namespace, as a list. The rules stand as they were granted: not merged, not sorted. */
export function rulesReviewAction(authorizer: RbacAuthorizer): ActionHandler {
  return async ({ object, context, validate }) => {
    const { namespace = '' } = (object as unknown as SelfSubjectRulesReview).spec ?? {}
    if (namespace === '') throw badRequest('no namespace on request')
    await validate(object)
    const { rules, problems } = authorizer.rulesFor(context.user, namespace)
    const isPath = (rule: PolicyRule) => (rule.nonResourceURLs?.length ?? 0) > 0
    const status = {
      resourceRules: rules
        .filter((r) => !isPath(r))
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({
          verbs,
          apiGroups,
          resources,
          ...(resourceNames?.length && { resourceNames }),
        })),
      nonResourceRules: rules.filter(isPath).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
      ...(problems.length > 0 && { evaluationError: problems.join(', ') }),
    }
    return {
      kind: 'SelfSubjectRulesReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: {},
      status,
    } as unknown as KubeObject
  }
}
