/**
 * What a certificate signing request must be, and what may change through which door.
 * Source: kubernetes/kubernetes pkg/apis/certificates/validation/validation.go
 */
import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isDns1123Subdomain,
  jsonEqual,
  notSupported,
  repeatedIndexes,
  required,
  tooLong,
} from '@ensign/apimachinery'
import {
  CertificateRequestError,
  certificatesProblem,
  parseCertificateRequest,
  signatureProblem,
} from '@ensign/pki/certificate-request'
import {
  type CertificateSigningRequest,
  type CertificateSigningRequestCondition,
  CertificateSigningRequestSpecSchema,
} from '../../generated/certificates-v1.ts'

/** Conditions that decide about a request. They are never taken back. */
const decisions = ['Approved', 'Denied'] as const
const finalTypes: readonly string[] = [...decisions, 'Failed']

const legacySigner = 'kubernetes.io/legacy-unknown'
/** Seconds. */
const expirationMin = 600
/** Characters of a signer's domain, of a path, and of both with what stands between. */
const signerMax = { domain: 253, path: 253 + 63 + 1 }

/** What may be done through a subresource, beside what holds for all. */
export interface Door {
  readonly approves?: boolean
  readonly signs?: boolean
}

export function validateRequest(request: CertificateSigningRequest, old?: CertificateSigningRequest): FieldError[] {
  const { expirationSeconds, signerName } = request.spec
  const errors = [...validateSignedRequest(request), ...validateUsages(request, old)]
  if (signerName === legacySigner && old?.spec.signerName !== legacySigner) {
    const why = 'the legacy signerName is not allowed via this API version'
    errors.push(invalidValue('spec.signerName', signerName, why))
  } else errors.push(...validateSignerName(signerName, 'spec.signerName'))
  if (expirationSeconds !== undefined && expirationSeconds < expirationMin) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)'
    errors.push(invalidValue('spec.expirationSeconds', expirationSeconds, why))
  }
  return [...errors, ...validateConditions(request, old), ...validateCertificate(request, old)]
}

export function validateRequestUpdate(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
  { approves = false, signs = false }: Door = {},
): FieldError[] {
  const errors = validateRequest(next, old)
  const forbidden = (field: string, why: string) => errors.push(forbiddenField(`status.${field}`, why))
  const counts = (type: string) => [ofType(next, type).length, ofType(old, type).length] as const
  for (const type of finalTypes) {
    const [now, before] = counts(type)
    if (now < before) forbidden('conditions', `updates may not remove a condition of type "${type}"`)
  }
  for (const type of approves ? [] : decisions) {
    const [now, before] = counts(type)
    if (now > before) forbidden('conditions', `updates may not add a condition of type "${type}"`)
    else if (now === before && !jsonEqual(ofType(next, type), ofType(old, type)))
      forbidden('conditions', `updates may not modify a condition of type "${type}"`)
  }
  const certificate = next.status.certificate ?? ''
  if (certificate !== (old.status.certificate ?? '')) {
    if (!signs) forbidden('certificate', 'updates may not set certificate content')
    else if (old.status.certificate) forbidden('certificate', 'updates may not modify existing certificate content')
  }
  return errors
}

/** A domain and a name in it, as `example.com/signer`. Source: pkg/apis/core/validation/names.go, ValidateSignerName */
export function validateSignerName(signerName: string, field: string): FieldError[] {
  if (!signerName) return [required(field)]
  const [domain = '', path, ...rest] = signerName.split('/')
  if (path === undefined || rest.length > 0) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
    return [invalidValue(field, signerName, why)]
  }
  const errors: FieldError[] = []
  if (domain.length > signerMax.domain) errors.push(tooLong(field, signerMax.domain))
  const labels = domain.split('.')
  errors.push(...firstBadLabel(labels, isDns1123Label, domain, field))
  if (labels.length < 2) {
    const why = 'should be a domain with at least two segments separated by dots'
    errors.push(invalidValue(field, domain, why))
  }
  errors.push(...firstBadLabel(path.split('.'), isDns1123Subdomain, path, field))
  const lengthMax = signerMax.domain + signerMax.path + 1
  if (signerName.length > lengthMax) errors.push(tooLong(field, lengthMax))
  return errors
}

function firstBadLabel(
  labels: readonly string[],
  rule: (label: string) => string[],
  whole: string,
  field: string,
): FieldError[] {
  const bad = labels.find((label) => rule(label).length > 0)
  if (bad === undefined) return []
  return rule(bad).map((problem) => invalidValue(field, whole, `validating label ${JSON.stringify(bad)}: ${problem}`))
}

function validateSignedRequest({ spec }: CertificateSigningRequest): FieldError[] {
  const problem = requestProblem(spec.request)
  return problem === undefined ? [] : [invalidValue('spec.request', spec.request, problem)]
}

function requestProblem(base64: string | null | undefined): string | undefined {
  try {
    return signatureProblem(parseCertificateRequest(Buffer.from(base64 ?? '', 'base64').toString()))
  } catch (error) {
    if (error instanceof CertificateRequestError) return error.message
    throw error
  }
}

const usages = CertificateSigningRequestSpecSchema.fields.find((f) => f.name === 'usages')?.enum ?? []

function validateUsages({ spec }: CertificateSigningRequest, old: CertificateSigningRequest | undefined): FieldError[] {
  const wanted = spec.usages ?? []
  const isUnknown = (usage: string): boolean => !usages.includes(usage)
  const repeatedIn = (list: readonly string[]) => repeatedIndexes(list, (usage) => usage)
  // What was let in before may stay.
  const before = old?.spec.usages ?? []
  const unknown = before.some(isUnknown) ? () => false : isUnknown
  const repeated = repeatedIn(before).size > 0 ? new Set<number>() : repeatedIn(wanted)
  const at = (i: number): string => `spec.usages[${i}]`
  return [
    ...(wanted.length === 0 ? [required('spec.usages')] : []),
    ...wanted.flatMap((usage, i) => (unknown(usage) ? [notSupported(at(i), usage, usages)] : [])),
    ...wanted.flatMap((usage, i) => (repeated.has(i) ? [duplicateValue(at(i), usage)] : [])),
  ]
}

const statuses = ['False', 'True', 'Unknown']
const path = 'status.conditions'

function validateConditions(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest | undefined,
): FieldError[] {
  const before = old?.status.conditions ?? []
  const mayBeBoth = decisions.every((type) => before.some((c) => c.type === type))
  const mayRepeat = new Set(before.map((c) => c.type)).size < before.length
  const mayBeUntyped = before.some((c) => !c.type)
  const seen = new Set<string>()
  return (request.status.conditions ?? []).flatMap(({ type = '', status }, i) => {
    const errors: FieldError[] = []
    if (!type && !mayBeUntyped) errors.push(required(`${path}[${i}].type`))
    errors.push(...validateStatus(type, status, `${path}[${i}].status`))
    const opposite = type === 'Approved' ? 'Denied' : 'Approved'
    if (!mayBeBoth && (type === 'Approved' || type === 'Denied') && seen.has(opposite))
      errors.push(invalidValue(path, type, 'Approved and Denied conditions are mutually exclusive'))
    if (seen.has(type) && !mayRepeat) errors.push(duplicateValue(`${path}[${i}].type`, type))
    seen.add(type)
    return errors
  })
}

function validateStatus(type: string, status: string | undefined, field: string): FieldError[] {
  if (!status) return [required(field)]
  const allowed = finalTypes.includes(type) ? ['True'] : statuses
  return allowed.includes(status) ? [] : [notSupported(field, status, allowed)]
}

function validateCertificate(
  { status }: CertificateSigningRequest,
  old: CertificateSigningRequest | undefined,
): FieldError[] {
  const { certificate } = status
  if (!certificate || certificate === old?.status.certificate) return []
  if (old?.status.certificate && problemOf(old.status.certificate) !== undefined) return []
  const problem = problemOf(certificate)
  return problem === undefined ? [] : [invalidValue('status.certificate', '<certificate data>', problem)]
}

const problemOf = (base64: string): string | undefined => certificatesProblem(Buffer.from(base64, 'base64').toString())

const ofType = ({ status }: CertificateSigningRequest, type: string): CertificateSigningRequestCondition[] =>
  (status.conditions ?? []).filter((condition) => condition.type === type)
