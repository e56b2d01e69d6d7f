/**
 * The SubjectAccessReview family: may this user do that.
 * Source: kubernetes/kubernetes pkg/registry/authorization, pkg/apis/authorization/validation/validation.go
 */
import type { SelfSubjectRulesReview, SubjectAccessReview } from '@ensign/api'
import {
  badRequest,
  type FieldError,
  inSchemaOrder,
  invalid,
  invalidValue,
  type KubeObject,
  ObjectMetaSchema,
  type UserInfo,
} from '@ensign/apimachinery'
import {
  type Authorizer,
  type Granted,
  limits,
  type PolicyRule,
  type RbacAuthorizer,
  type RequestAttributes,
} from '@ensign/authorization'
import type { ActionCall, ActionHandler } from '@ensign/endpoints'
import { selectorErrors, selectorProblems } from './review-selectors.ts'

type Spec = SubjectAccessReview['spec']

export function accessReviewAction(
  authorizer: Authorizer,
  kind: 'SubjectAccessReview' | 'LocalSubjectAccessReview' | 'SelfSubjectAccessReview',
): ActionHandler {
  return async (call: ActionCall) => {
    const review = call.object as unknown as SubjectAccessReview
    const spec = review.spec ?? {}
    if (call.namespace) review.metadata.namespace = call.namespace
    else delete review.metadata.namespace
    const errors = attributeErrors(spec)
    if (kind !== 'SelfSubjectAccessReview') errors.push(...subjectErrors(spec))
    errors.push(...selectorErrors(spec.resourceAttributes), ...metadataErrors(review, call))
    if (kind === 'LocalSubjectAccessReview') errors.push(...localErrors(spec, call))
    // The kind is empty in this text, as upstream's.
    if (errors.length) throw invalid('authorization.k8s.io', '', '', errors)
    await call.validate(call.object)
    const user: UserInfo =
      kind === 'SelfSubjectAccessReview' ? call.context.user : { username: spec.user ?? '', groups: spec.groups ?? [] }
    const { allowed, reason } = authorizer.authorize(user, attributesOf(spec))
    const problem = selectorProblems(spec.resourceAttributes)
    const status = { allowed, ...(reason && { reason }), ...(problem && { evaluationError: problem }) }
    return { ...review, status } as unknown as KubeObject
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

const attributesPath = 'spec.resourceAttributes'
const pathPath = 'spec.nonResourceAttributes'

/** As Go prints a structure that has no JSON names. */
const goPath = ({ path, verb }: NonNullable<Spec['nonResourceAttributes']>): object => ({
  Path: path ?? '',
  Verb: verb ?? '',
})

function attributeErrors({ resourceAttributes, nonResourceAttributes }: Spec): FieldError[] {
  if (!resourceAttributes && !nonResourceAttributes) {
    return [
      invalidValue(
        attributesPath,
        null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    ]
  }
  const errors: FieldError[] = []
  if (resourceAttributes && nonResourceAttributes) {
    errors.push(
      invalidValue(
        pathPath,
        goPath(nonResourceAttributes),
        'cannot be specified in combination with resourceAttributes',
      ),
    )
  }
  return errors
}

/** A review is no object: nothing but its namespace may stand in its metadata, which the error shows with its owners. */
function metadataErrors({ metadata }: SubjectAccessReview, { namespace, owned }: ActionCall): FieldError[] {
  const { namespace: _namespace, managedFields: _managedFields, ...rest } = metadata
  if (Object.values(rest).every((value) => value === null || value === undefined)) return []
  const shown = inSchemaOrder(ObjectMetaSchema, owned().metadata)
  return [invalidValue('metadata', shown, namespace ? 'must be empty except for namespace' : 'must be empty')]
}

const subjectErrors = ({ user, groups }: Spec): FieldError[] =>
  user || groups?.length
    ? []
    : [invalidValue('spec.user', user ?? '', 'at least one of user or group must be specified')]

function localErrors({ resourceAttributes, nonResourceAttributes }: Spec, { namespace }: ActionCall): FieldError[] {
  const errors: FieldError[] = []
  if (resourceAttributes && resourceAttributes.namespace !== namespace) {
    errors.push(
      invalidValue(`${attributesPath}.namespace`, resourceAttributes.namespace ?? '', 'must match metadata.namespace'),
    )
  }
  if (nonResourceAttributes)
    errors.push(invalidValue(pathPath, goPath(nonResourceAttributes), 'disallowed on this kind of request'))
  return errors
}

/** What a user may do in a namespace, as a list. The rules stand as they were granted: not merged, not sorted. */
export function rulesReviewAction(authorizer: RbacAuthorizer): ActionHandler {
  return async ({ object, context, validate }) => {
    const { namespace = '' } = (object as unknown as SelfSubjectRulesReview).spec ?? {}
    if (namespace === '') throw badRequest('no namespace on request')
    await validate(object)
    const { roles, problems: missing } = authorizer.rulesFor(context.user, namespace)
    const { rules, incomplete } = reviewedRules(roles)
    const problems = incomplete ? [...missing, 'not all of the rules are shown: there are too many'] : missing
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
      incomplete,
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

/** As many of the rules as one answer holds. */
function reviewedRules(roles: Granted['roles']): { rules: PolicyRule[]; incomplete: boolean } {
  const rules: PolicyRule[] = []
  let characters = 0
  for (const role of roles) {
    for (const rule of role) {
      for (const values of [rule.verbs, rule.apiGroups, rule.resources, rule.resourceNames, rule.nonResourceURLs])
        for (const value of values ?? []) characters += value.length + valueCharacters
      if (rules.length >= limits.reviewRulesMax || characters > limits.reviewCharactersMax)
        return { rules, incomplete: true }
      rules.push(rule)
    }
  }
  return { rules, incomplete: false }
}

/** What JSON adds to a text: its quotes and a comma. */
const valueCharacters = 3
