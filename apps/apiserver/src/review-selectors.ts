/**
 * Selectors in access reviews: what an authorizer might narrow its answer by. None here does, as RBAC does not in
 * Kubernetes; but they are checked, and a review says which of them nobody could understand.
 * Source: kubernetes/kubernetes pkg/apis/authorization/validation/validation.go, validateResourceAttributes;
 * pkg/registry/authorization/util/helpers.go, ResourceAttributesFrom and BuildEvaluationError
 */
import type { SubjectAccessReview } from '@ensign/api'
import {
  type FieldError,
  invalidValue,
  parseFieldSelector,
  parseLabelSelector,
  required,
  selectorOperatorErrors,
  validateLabelSelectorRequirement,
} from '@ensign/apimachinery'

type Attributes = SubjectAccessReview['spec']['resourceAttributes']
type Selector = NonNullable<NonNullable<Attributes>['fieldSelector' | 'labelSelector']>
type Requirement = NonNullable<Selector['requirements']>[number]

interface SelectorRules {
  requirementErrors(requirement: Requirement, path: string): FieldError[]
  /** Throws when the text is none. */
  parse(rawSelector: string): unknown
  understands(requirement: Requirement): boolean
}

// Newer clients may know operators that are unknown here: the answer without them is the stricter one.
const allowUnknownOperator = true

const fieldRules: SelectorRules = {
  requirementErrors: ({ key, operator, values }, path) => [
    ...(key ? [] : [required(`${path}.key`, 'must be specified')]),
    ...selectorOperatorErrors(operator, values?.length ?? 0, path, allowUnknownOperator),
  ],
  parse: parseFieldSelector,
  understands: ({ operator, values }) => (operator === 'In' || operator === 'NotIn') && values?.length === 1,
}

const labelRules: SelectorRules = {
  requirementErrors: (requirement, path) => validateLabelSelectorRequirement(requirement, path, allowUnknownOperator),
  parse: parseLabelSelector,
  understands: ({ operator }) => ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator),
}

const selectors = [
  ['fieldSelector', fieldRules],
  ['labelSelector', labelRules],
] as const

const pathOf = (name: string): string => `spec.resourceAttributes.${name}`

export const selectorErrors = (attributes: Attributes): FieldError[] =>
  selectors.flatMap(([name, rules]) => {
    const selector = attributes?.[name]
    return selector ? errorsOf(selector, pathOf(name), rules) : []
  })

function errorsOf({ rawSelector, requirements = [] }: Selector, path: string, rules: SelectorRules): FieldError[] {
  const errors: FieldError[] = []
  if (rawSelector && requirements.length > 0)
    errors.push(invalidValue(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'))
  if (!rawSelector && requirements.length === 0)
    errors.push(required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`))
  return [...errors, ...requirements.flatMap((r, i) => rules.requirementErrors(r, `${path}.requirements[${i}]`))]
}

/** Which selectors of a valid review were passed over, for its `evaluationError`; empty when none was. */
export const selectorProblems = (attributes: Attributes): string =>
  selectors
    .flatMap(([name, rules]) => {
      const selector = attributes?.[name]
      const extent = selector && passedOver(selector, rules)
      return extent ? [`${pathOf(name)} ${extent} due to parse error`] : []
    })
    .join('; ')

function passedOver(
  { rawSelector, requirements = [] }: Selector,
  { parse, understands }: SelectorRules,
): 'ignored' | 'partially ignored' | undefined {
  if (rawSelector) return isParsed(parse, rawSelector) ? undefined : 'ignored'
  const understood = requirements.filter(understands).length
  if (understood === requirements.length) return undefined
  return understood > 0 ? 'partially ignored' : 'ignored'
}

function isParsed(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}
