/** Between the reasons of the Kubernetes API and the codes of gRPC. */
import { type Status, StatusError, type StatusReason, statusCodes } from '@ensign/apimachinery'
import { status as code, Metadata, type ServiceError } from '@grpc/grpc-js'
import { limits } from './limits.ts'

/** Every reason has one code. What a client may repeat blindly is only UNAVAILABLE. */
export const codeOfReason = {
  AlreadyExists: code.ALREADY_EXISTS,
  BadRequest: code.INVALID_ARGUMENT,
  Conflict: code.ABORTED,
  Expired: code.OUT_OF_RANGE,
  Forbidden: code.PERMISSION_DENIED,
  Gone: code.OUT_OF_RANGE,
  InternalError: code.INTERNAL,
  Invalid: code.INVALID_ARGUMENT,
  MethodNotAllowed: code.UNIMPLEMENTED,
  NotAcceptable: code.INVALID_ARGUMENT,
  NotFound: code.NOT_FOUND,
  RequestEntityTooLarge: code.RESOURCE_EXHAUSTED,
  ServerTimeout: code.DEADLINE_EXCEEDED,
  ServiceUnavailable: code.UNAVAILABLE,
  Timeout: code.DEADLINE_EXCEEDED,
  TooManyRequests: code.RESOURCE_EXHAUSTED,
  Unauthorized: code.UNAUTHENTICATED,
  Unknown: code.UNKNOWN,
  UnsupportedMediaType: code.INVALID_ARGUMENT,
} as const satisfies Record<StatusReason, code>

/** What a failure without a Status means: the transport's own, or a proxy's. */
const reasonOfCode: Partial<Record<code, StatusReason>> = {
  [code.DEADLINE_EXCEEDED]: 'Timeout',
  [code.CANCELLED]: 'Timeout',
  [code.UNAVAILABLE]: 'ServiceUnavailable',
  [code.UNAUTHENTICATED]: 'Unauthorized',
  [code.PERMISSION_DENIED]: 'Forbidden',
  [code.NOT_FOUND]: 'NotFound',
  [code.RESOURCE_EXHAUSTED]: 'TooManyRequests',
  [code.UNIMPLEMENTED]: 'MethodNotAllowed',
  [code.INVALID_ARGUMENT]: 'BadRequest',
}

const statusKey = 'status-bin'

/** What a handler throws at gRPC for a Status that the API has answered. */
export function serviceErrorFrom(status: Status): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const metadata = new Metadata()
  metadata.set(statusKey, statusBytes(status))
  return { code: codeOfReason[knownReason(status)], details: grpcMessage(status.message ?? ''), metadata }
}

/** What a caller throws for the error of a call. */
export function statusErrorFrom(error: unknown): StatusError {
  if (error instanceof StatusError) return error
  if (!isServiceError(error)) return new StatusError('InternalError', 'the call failed', undefined, { cause: error })
  const [bytes] = error.metadata?.get(statusKey) ?? []
  const sent = Buffer.isBuffer(bytes) ? parseStatus(bytes) : undefined
  if (sent) return StatusError.from(sent)
  const reason = reasonOfCode[error.code] ?? 'Unknown'
  return new StatusError(reason, `the API server did not answer: ${error.details}`, undefined, { cause: error })
}

/** Whether a call failed because its caller gave it up. */
export const isCancelled = (error: unknown): boolean => isServiceError(error) && error.code === code.CANCELLED
export const isDeadlineExceeded = (error: unknown): boolean =>
  isServiceError(error) && error.code === code.DEADLINE_EXCEEDED && error.metadata?.get(statusKey).length === 0

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number'
}

const knownReason = ({ reason }: Status): StatusReason =>
  reason !== undefined && Object.hasOwn(statusCodes, reason) ? (reason as StatusReason) : 'Unknown'

/** Trailing metadata is small: causes go first, then the ends of texts, then all details. */
function statusBytes(status: Status): Buffer {
  for (const form of [status, shortened(status)]) {
    const bytes = Buffer.from(JSON.stringify(form))
    if (bytes.length <= limits.statusBytesMax) return bytes
  }
  const { message = '', code } = status
  const reason = knownReason(status)
  const least: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason }
  return Buffer.from(
    JSON.stringify({ ...least, message: cut(message, limits.statusShortMessageMax), ...(code && { code }) }),
  )
}

function shortened({ details = {}, message = '', ...rest }: Status): Status {
  const { causes: _causes, ...small } = details
  const texts = Object.entries(small).map(([member, value]) => [
    member,
    typeof value === 'string' ? cut(value, limits.statusNameMax) : value,
  ])
  return { ...rest, message: cut(message, limits.statusMessageMax), details: Object.fromEntries(texts) }
}

/** The start of a text of which gRPC sends the percent-encoding. */
function grpcMessage(text: string): string {
  const short = cut(text.toWellFormed(), limits.grpcMessageBytesMax)
  const bytes = encodeURIComponent(short.toWellFormed()).length
  return bytes <= limits.grpcMessageBytesMax ? short : cut(short, Math.floor(limits.grpcMessageBytesMax / 9) - 1)
}

function parseStatus(bytes: Buffer): Status | undefined {
  try {
    const value = JSON.parse(bytes.toString()) as Partial<Status>
    return value?.kind === 'Status' ? (value as Status) : undefined
  } catch {
    return undefined
  }
}

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}…` : text)
