/**
 * The query of a list or a watch.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go,
 * ValidateListOptions
 */
import { badRequest, type FieldError, forbiddenField, invalid, notSupported } from '@ensign/apimachinery'
import type { IncludeObject } from './table.ts'

/** Throws the 422 that names every rule that the query breaks. */
export function checkListOptions(query: URLSearchParams | undefined, isWatch: boolean): void {
  if (!query) return
  const errors = query.has('sendInitialEvents')
    ? initialEventsErrors(query, isWatch)
    : isWatch
      ? watchErrors(query)
      : listErrors(query)
  if (errors.length) throw invalid('meta.k8s.io', 'ListOptions', '', errors)
}

const match = 'resourceVersionMatch'
const withContinue = forbiddenField(match, 'resourceVersionMatch is forbidden when continue is provided')

function initialEventsErrors(query: URLSearchParams, isWatch: boolean): FieldError[] {
  if (!isWatch) return [forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list')]
  const wanted = query.get(match) ?? ''
  const errors: FieldError[] = []
  if (wanted !== 'NotOlderThan')
    errors.push(forbiddenField(match, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  if (wanted !== '' && wanted !== 'NotOlderThan') errors.push(notSupported(match, wanted, ['NotOlderThan']))
  if (query.get('continue')) errors.push(withContinue)
  return errors
}

function watchErrors(query: URLSearchParams): FieldError[] {
  if (query.get(match))
    return [forbiddenField(match, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')]
  return query.get('continue') ? [withContinue] : []
}

function listErrors(query: URLSearchParams): FieldError[] {
  const wanted = query.get(match)
  if (!wanted) return []
  const resourceVersion = query.get('resourceVersion')
  const errors: FieldError[] = []
  if (!resourceVersion)
    errors.push(forbiddenField(match, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
  if (query.get('continue')) errors.push(withContinue)
  if (wanted !== 'Exact' && wanted !== 'NotOlderThan')
    errors.push(notSupported(match, wanted, ['Exact', 'NotOlderThan', '']))
  if (wanted === 'Exact' && resourceVersion === '0') {
    errors.push(forbiddenField(match, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
  }
  return errors
}

export function includeObject(query: URLSearchParams | undefined): IncludeObject {
  const value = query?.get('includeObject') || 'Metadata'
  if (value === 'Metadata' || value === 'Object' || value === 'None') return value
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  )
}

/** A parameter that is a number; throws a 400 StatusError when it is something else. */
export function numberParameter(query: URLSearchParams | undefined, name: string): number | undefined {
  const text = query?.get(name)
  if (text === null || text === undefined) return undefined
  const refuse = (why: string) => badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`)
  if (!/^[+-]?\d+$/.test(text)) throw refuse('invalid syntax')
  if (BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) throw refuse('value out of range')
  return Number(text)
}
