/**
 * Query parameters that writes share.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go
 */
import {
  errorTextMax,
  type FieldError,
  invalid,
  isPrintable,
  notSupported,
  renderValue,
  tooLong,
} from '@ensign/apimachinery'
import type { FieldValidation } from './body.ts'
import type { ApiRequest } from './exchange.ts'
import { limits } from './limits.ts'

export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldValidation: FieldValidation
  /** Empty when neither the query nor the User-Agent names one. */
  readonly fieldManager: string
}

/**
 * @param earlier problems with the options that were found before
 * @throws StatusError 422 named after `optionsKind`
 */
export function writeOptions(
  query: URLSearchParams | undefined,
  { headers }: ApiRequest,
  optionsKind: string,
  earlier: readonly FieldError[] = [],
): WriteOptions {
  const dryRun = query?.getAll('dryRun') ?? []
  const fieldValidation = query?.get('fieldValidation') || 'Warn'
  const given = query?.get('fieldManager') ?? ''
  const errors = [...earlier, ...managerErrors(given)]
  if (dryRun.some((d) => d !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']))
  if (!['Strict', 'Warn', 'Ignore'].includes(fieldValidation))
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']))
  if (errors.length) throw invalid('meta.k8s.io', optionsKind, '', errors)
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: fieldValidation as FieldValidation,
    fieldManager: given || managerFromAgent(headers['user-agent']),
  }
}

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = []
  if (Buffer.byteLength(manager) > limits.fieldManagerBytesMax)
    errors.push(tooLong('fieldManager', limits.fieldManagerBytesMax))
  let value: string | undefined
  let positionBytes = 0
  for (const character of manager) {
    if (!isPrintable(character)) {
      value ??= renderValue(manager)
      if (errors.length * value.length > errorTextMax) break
      const code = `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`
      const detail = `invalid character ${code} (at position ${positionBytes})`
      errors.push({ type: 'FieldValueInvalid', field: 'fieldManager', value, detail })
    }
    positionBytes += Buffer.byteLength(character)
  }
  return errors
}

/** The program's name: what stands before the first slash. Source: endpoints/handlers/create.go, prefixFromUserAgent */
function managerFromAgent(agent: string | string[] | undefined): string {
  if (typeof agent !== 'string') return ''
  let name = ''
  let bytes = 0
  for (const character of agent.split('/', 1)[0] as string) {
    if (!isPrintable(character)) continue
    bytes += Buffer.byteLength(character)
    if (bytes > limits.fieldManagerBytesMax) break
    name += character
  }
  return name
}
