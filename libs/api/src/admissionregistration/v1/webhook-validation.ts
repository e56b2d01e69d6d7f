/**
 * What a configuration of admission webhooks must be. What an older version let in may stay.
 * Source: kubernetes/kubernetes pkg/apis/admissionregistration/validation/validation.go,
 * staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go
 */
import {
  duplicateValue,
  type FieldError,
  type FieldPath,
  invalidValue,
  isDns1035Label,
  isDns1123Subdomain,
  isLabelKey,
  jsonEqual,
  missing,
  repeatedIndexes,
  required,
  ruleErrors,
  tooMany,
  unlisted,
  validateLabelSelector,
} from '@ensign/apimachinery'
import type { MutatingWebhook, ValidatingWebhook } from '../../generated/admissionregistration-v1.ts'
import { validateClientConfig } from './webhook-client.ts'
import { validateRule } from './webhook-rule.ts'

export type Webhook = ValidatingWebhook & Partial<Pick<MutatingWebhook, 'reinvocationPolicy'>>

const reviewVersions = ['v1', 'v1beta1']
const harmless = ['None', 'NoneOnDryRun']
const sideEffects = ['None', 'NoneOnDryRun', 'Some', 'Unknown']
/** Seconds. */
const timeout = { min: 1, max: 30 }
const conditionsMax = 64

interface Tolerated {
  readonly sideEffects: boolean
  readonly unknownVersions: boolean
  readonly repeatedNames: boolean
  readonly badSelectors: boolean
  readonly conditions: boolean
}

const nothing: Tolerated = {
  sideEffects: false,
  unknownVersions: false,
  repeatedNames: false,
  badSelectors: false,
  conditions: false,
}

export function validateWebhooks(webhooks: readonly Webhook[] = [], old?: readonly Webhook[]): FieldError[] {
  const tolerated = old ? toleratedIn(old, webhooks) : nothing
  const repeated = repeatedIndexes(webhooks, ({ name }) => name)
  return webhooks.flatMap((webhook, i) => {
    const path = `webhooks[${i}]`
    const isRepeated = webhook.name !== '' && repeated.has(i)
    return [
      ...validateWebhook(webhook, tolerated, path),
      ...validateReviewVersions(webhook.admissionReviewVersions ?? [], tolerated, `${path}.admissionReviewVersions`),
      ...(isRepeated && !tolerated.repeatedNames ? [duplicateValue(`${path}.name`, webhook.name)] : []),
    ]
  })
}

function toleratedIn(old: readonly Webhook[], next: readonly Webhook[]): Tolerated {
  return {
    sideEffects: old.some((w) => !harmless.includes(w.sideEffects ?? '')),
    unknownVersions: old.some(
      ({ admissionReviewVersions: v }) => v?.length && !v.some((x) => reviewVersions.includes(x)),
    ),
    repeatedNames: new Set(old.map(({ name }) => name)).size < old.length,
    badSelectors: old.some((w) => selectorErrors(w, '').length > 0),
    conditions:
      old.length === next.length &&
      old.every((w, i) => jsonEqual(w.matchConditions ?? [], next[i]?.matchConditions ?? [])),
  }
}

function validateWebhook(webhook: Webhook, tolerated: Tolerated, path: FieldPath): FieldError[] {
  const { failurePolicy, matchPolicy, timeoutSeconds, reinvocationPolicy } = webhook
  const oneOf = (field: string, value: string | undefined, supported: readonly string[]): FieldError[] =>
    value === undefined ? [] : unlisted(`${path}.${field}`, value, supported)
  const isOutOfTime = timeoutSeconds !== undefined && (timeoutSeconds < timeout.min || timeoutSeconds > timeout.max)
  return [
    ...validateName(webhook.name, `${path}.name`),
    ...(webhook.rules ?? []).flatMap((rule, i) => validateRule(rule, `${path}.rules[${i}]`)),
    ...oneOf('failurePolicy', failurePolicy, ['Fail', 'Ignore']),
    ...oneOf('matchPolicy', matchPolicy, ['Equivalent', 'Exact']),
    ...validateSideEffects(webhook, tolerated, `${path}.sideEffects`),
    ...(isOutOfTime
      ? [
          invalidValue(
            `${path}.timeoutSeconds`,
            timeoutSeconds,
            `the timeout value must be between ${timeout.min} and ${timeout.max} seconds`,
          ),
        ]
      : []),
    ...(tolerated.badSelectors ? [] : selectorErrors(webhook, path)),
    ...oneOf('reinvocationPolicy', reinvocationPolicy, ['IfNeeded', 'Never']),
    ...validateClientConfig(webhook.clientConfig, `${path}.clientConfig`),
    ...(tolerated.conditions ? [] : validateConditions(webhook, `${path}.matchConditions`)),
  ]
}

/** A domain of three parts, so that nobody's names meet another's. */
function validateName(name: string, path: FieldPath): FieldError[] {
  if (!name) return [required(path)]
  const problems = isDns1123Subdomain(name)
  if (problems.length > 0) return [invalidValue(path, name, problems.join(','))]
  const why = 'should be a domain with at least three segments separated by dots'
  return name.split('.').length < 3 ? [invalidValue(path, name, why)] : []
}

function validateSideEffects({ sideEffects: found }: Webhook, tolerated: Tolerated, path: FieldPath): FieldError[] {
  const allowed = tolerated.sideEffects ? sideEffects : harmless
  if (found === null || found === undefined) return [required(path, `must specify one of ${allowed.join(', ')}`)]
  return unlisted(path, found, allowed)
}

const selectorErrors = ({ namespaceSelector, objectSelector }: Webhook, path: FieldPath): FieldError[] => [
  ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
  ...validateLabelSelector(objectSelector, `${path}.objectSelector`),
]

/** That expressions compile is not checked here. */
function validateConditions({ matchConditions = [] }: Webhook, path: FieldPath): FieldError[] {
  const errors = matchConditions.length > conditionsMax ? [tooMany(path, matchConditions.length, conditionsMax)] : []
  const repeated = repeatedIndexes(matchConditions, ({ name }) => name)
  for (const [i, { name, expression }] of matchConditions.entries()) {
    const at = `${path}[${i}]`
    errors.push(...missing(`${at}.expression`, expression.trim()))
    errors.push(...(name ? ruleErrors(`${at}.name`, name, isLabelKey) : [required(`${at}.name`)]))
    if (name && repeated.has(i)) errors.push(duplicateValue(`${at}.name`, name))
  }
  return errors
}

function validateReviewVersions(versions: readonly string[], tolerated: Tolerated, path: FieldPath): FieldError[] {
  const known = reviewVersions.join(', ')
  if (versions.length === 0) return [required(path, `must specify one of ${known}`)]
  const repeated = repeatedIndexes(versions, (version) => version)
  const errors = versions.flatMap((version, i) =>
    repeated.has(i)
      ? [invalidValue(`${path}[${i}]`, version, 'duplicate version')]
      : ruleErrors(`${path}[${i}]`, version, isDns1035Label),
  )
  if (!tolerated.unknownVersions && !versions.some((version) => reviewVersions.includes(version)))
    errors.push(invalidValue(path, versions, `must include at least one of ${known}`))
  return errors
}
