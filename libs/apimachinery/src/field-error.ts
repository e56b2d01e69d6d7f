/**
 * One problem at one path of an object. Validation collects these and never throws.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go
 */
import { cut, goQuote } from './go-text.ts'
import { shownValueMax } from './limits.ts'

/** A path into an object as error texts print it: `spec.containers[0].name`, `metadata.annotations[a/b]`. */
export type FieldPath = string

export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueDuplicate'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueNotFound'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

export interface FieldError {
  readonly type: FieldErrorType
  readonly field: FieldPath
  /** What stands after the word of the type, already rendered. */
  readonly value?: string
  readonly detail: string
}

/** Go's rendering of a bad value: text quoted, numbers and booleans bare, structures as JSON; of a long one how it begins. */
export function renderValue(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return goQuote(cut(value, shownValueMax))
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  return cut(JSON.stringify(value), shownValueMax)
}

export const required = (field: string, detail = ''): FieldError => ({ type: 'FieldValueRequired', field, detail })

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  value: renderValue(value),
  detail,
})

export const duplicateValue = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  value: renderValue(value),
  detail: '',
})

export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  value: renderValue(value),
  detail: supported.length ? `supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}` : '',
})

export const forbiddenField = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  detail,
})

export const notFoundValue = (field: string, value: unknown, detail = ''): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  value: renderValue(value),
  detail,
})

export const tooMany = (field: string, count: number, countMax: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  value: String(count),
  detail: `must have at most ${countMax} ${countMax === 1 ? 'item' : 'items'}`,
})

export const tooLong = (field: string, maxBytes: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  detail: `may not be more than ${maxBytes} bytes`,
})

const words: Record<FieldErrorType, string> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueNotFound: 'Not found',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
}

/** The text after the field's path, which is also the `message` of a cause. */
export function fieldErrorBody({ type, value, detail }: FieldError): string {
  return [words[type], value, detail].filter((part) => part !== undefined && part !== '').join(': ')
}
