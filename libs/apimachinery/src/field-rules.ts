/**
 * The checks that validation is made of: each looks at one value and returns its problems, none when it is fine.
 */
import { type FieldError, type FieldPath, invalidValue, notSupported, required } from './field-error.ts'
import type { Int64 } from './int64.ts'
import type { NameRule } from './names.ts'

/** What a rule says of a value, each of its texts as one error. */
export const ruleErrors = (path: FieldPath, value: string, rule: NameRule): FieldError[] =>
  rule(value).map((text) => invalidValue(path, value, text))

/** An empty value is missing; another one has to keep the rule. */
export const ruleErrorsWhenSet = (path: FieldPath, value: string | undefined, rule: NameRule): FieldError[] =>
  value ? ruleErrors(path, value, rule) : [required(path)]

export const missing = (path: FieldPath, value: string | undefined, why = ''): FieldError[] =>
  value ? [] : [required(path, why)]

/** A value that is none of those. They are listed in the order given, as upstream does for each field. */
export const unlisted = (path: FieldPath, value: string, supported: readonly string[]): FieldError[] =>
  supported.includes(value) ? [] : [notSupported(path, value, supported)]

/** The indexes of elements whose key an earlier one has: in one pass, where each would look at all before it. */
export function repeatedIndexes<T>(list: readonly T[], keyOf: (element: T) => unknown): ReadonlySet<number> {
  const seen = new Set<unknown>()
  const repeated = new Set<number>()
  for (const [i, element] of list.entries()) {
    const key = keyOf(element)
    if (seen.has(key)) repeated.add(i)
    seen.add(key)
  }
  return repeated
}

export const rangeText = (min: number, max: number): string => `must be between ${min} and ${max}, inclusive`

export const outOfRange = (
  path: FieldPath,
  value: Int64 | undefined,
  min: number,
  max: number,
  why: string = rangeText(min, max),
): FieldError[] => (value !== undefined && (value < min || value > max) ? [invalidValue(path, value, why)] : [])

export const negative = (path: FieldPath, value: Int64 | undefined): FieldError[] =>
  value !== undefined && value < 0 ? [invalidValue(path, value, 'must be greater than or equal to 0')] : []
