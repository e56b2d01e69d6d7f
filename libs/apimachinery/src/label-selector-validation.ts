/**
 * Checks of a LabelSelector that an object holds, such as that of an affinity or of a webhook.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go
 */
import { type FieldError, type FieldPath, forbiddenField, invalidValue, required } from './field-error.ts'
import { ruleErrors } from './field-rules.ts'
import type { LabelSelector, LabelSelectorRequirement } from './generated/meta-v1.ts'
import { isLabelKey, isLabelValue } from './names.ts'
import { validateLabels } from './object-meta.ts'

/** ValidateLabelSelector. */
export function validateLabelSelector(selector: LabelSelector | undefined, path: FieldPath): FieldError[] {
  if (!selector) return []
  return [
    ...validateLabels(selector.matchLabels, `${path}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((e, i) =>
      validateLabelSelectorRequirement(e, `${path}.matchExpressions[${i}]`),
    ),
  ]
}

/** ValidateLabelSelectorRequirement. An operator may be unknown where a wider answer without it does no harm. */
export function validateLabelSelectorRequirement(
  { key, operator, values }: LabelSelectorRequirement,
  path: FieldPath,
  allowUnknownOperator = false,
): FieldError[] {
  return [
    ...selectorOperatorErrors(operator, values?.length ?? 0, path, allowUnknownOperator),
    ...ruleErrors(`${path}.key`, key, isLabelKey),
    ...(values ?? []).flatMap((value, i) => ruleErrors(`${path}.values[${i}]`, value, isLabelValue)),
  ]
}

/** What an operator asks of the number of its values, the same for labels and fields. */
export function selectorOperatorErrors(
  operator: string,
  valueCount: number,
  path: FieldPath,
  allowUnknownOperator: boolean,
): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return valueCount > 0 ? [] : [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      return valueCount === 0
        ? []
        : [forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    default:
      return allowUnknownOperator ? [] : [invalidValue(`${path}.operator`, operator, 'not a valid selector operator')]
  }
}
