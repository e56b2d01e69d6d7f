/**
 * metav1.Status and the one error that carries it across layers.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
 */
import { type FieldError, fieldErrorBody } from './field-error.ts'
import { cut } from './go-text.ts'
import { errorTextMax, shownValueMax, statusMessageMax, statusNameMax } from './limits.ts'

/** HTTP code of each reason. `Unknown` is how an error without a reason travels: 500 and no `reason` member. */
export const statusCodes = {
  AlreadyExists: 409,
  BadRequest: 400,
  Conflict: 409,
  Expired: 410,
  Forbidden: 403,
  Gone: 410,
  InternalError: 500,
  Invalid: 422,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  NotFound: 404,
  RequestEntityTooLarge: 413,
  ServerTimeout: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  TooManyRequests: 429,
  Unauthorized: 401,
  Unknown: 500,
  UnsupportedMediaType: 415,
} as const

export type StatusReason = keyof typeof statusCodes

export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  /** Seconds. Also sent as the Retry-After header. */
  retryAfterSeconds?: number
}

export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: { continue?: string }
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: StatusDetails
  code?: number
}

/** The only error that crosses a layer on purpose; anything else is a bug and becomes a 500. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  /** Plain data: compare it, log it, send it. */
  readonly status: Status

  constructor(
    reason: StatusReason,
    message: string,
    details?: StatusDetails,
    options: { cause?: unknown; continueToken?: string; code?: number } = {},
  ) {
    const shown = cut(message, statusMessageMax)
    super(shown, { cause: options.cause })
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: options.continueToken ? { continue: options.continueToken } : {},
      status: 'Failure',
      message: shown,
      ...(reason !== 'Unknown' && { reason }),
      ...(details && { details: boundedDetails(details) }),
      code: options.code ?? statusCodes[reason],
    }
  }

  get reason(): string {
    return this.status.reason ?? 'Unknown'
  }

  get code(): number {
    return this.status.code ?? 500
  }

  /** The error that a Status received from elsewhere stands for. */
  static from(status: Status): StatusError {
    const reason =
      status.reason !== undefined && status.reason in statusCodes ? (status.reason as StatusReason) : 'Unknown'
    const error = new StatusError(reason, status.message ?? '', status.details, {
      code: status.code ?? statusCodes[reason],
    })
    if (status.metadata?.continue) error.status.metadata = { continue: status.metadata.continue }
    return error
  }
}

/** A resource's group and plural name, as error texts print it: `pods`, `roles.rbac.authorization.k8s.io`. */
export interface GroupResource {
  readonly group: string
  readonly resource: string
}

export const qualifiedResource = ({ group, resource }: GroupResource): string =>
  group ? `${resource}.${group}` : resource

const detailsOf = ({ group, resource }: GroupResource, name: string): StatusDetails => ({
  ...(name && { name }),
  ...(group && { group }),
  kind: resource,
})

export const notFound = (gr: GroupResource, name: string): StatusError =>
  new StatusError('NotFound', `${qualifiedResource(gr)} "${name}" not found`, detailsOf(gr, name))

export const alreadyExists = (gr: GroupResource, name: string): StatusError =>
  new StatusError('AlreadyExists', `${qualifiedResource(gr)} "${name}" already exists`, detailsOf(gr, name))

/** A body of few bytes that would make more work than a large one. */
export const tooManyValues = (max: number): StatusError =>
  new StatusError('RequestEntityTooLarge', `Request entity too large: limit is ${max} values`)

export const conflict = (gr: GroupResource, name: string, message: string): StatusError =>
  new StatusError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource(gr)} "${name}": ${message}`,
    detailsOf(gr, name),
  )

/** A resource request that may not be made; `name` may be empty. */
export function forbidden(gr: GroupResource, name: string, message: string, causes?: StatusCause[]): StatusError {
  const what = qualifiedResource(gr)
  const text = !what
    ? `forbidden: ${message}`
    : name
      ? `${what} "${name}" is forbidden: ${message}`
      : `${what} is forbidden: ${message}`
  return new StatusError('Forbidden', text, {
    ...(name && { name }),
    ...(gr.group && { group: gr.group }),
    ...(gr.resource && { kind: gr.resource }),
    ...(causes && { causes }),
  })
}

export const badRequest = (message: string, cause?: unknown): StatusError =>
  new StatusError('BadRequest', message, undefined, { cause })

export const unauthorized = (): StatusError => new StatusError('Unauthorized', 'Unauthorized')

export const internalError = (message: string, cause?: unknown): StatusError =>
  new StatusError('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }, { cause })

export const serviceUnavailable = (message: string, cause?: unknown): StatusError =>
  new StatusError('ServiceUnavailable', message, undefined, { cause })

/** Every problem of an object in one 422. `kind` is the Kind, not the resource. */
export function invalid(group: string, kind: string, name: string, errors: readonly FieldError[]): StatusError {
  const told = toTell(errors, ({ field, value = '', detail }) => field.length + value.length + detail.length)
  const texts = [...new Set(told.map((e) => `${e.field}: ${fieldErrorBody(e)}`))]
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new StatusError('Invalid', `${group ? `${kind}.${group}` : kind} "${name}" is invalid: ${list}`, {
    ...(name && { name }),
    ...(group && { group }),
    ...(kind && { kind }),
    causes: told.map((e) => ({ reason: e.type, message: fieldErrorBody(e), field: e.field })),
  })
}

/** The first of the problems, as many as an answer has room for and one at least. */
export function toTell<T>(problems: readonly T[], charactersOf: (problem: T) => number): readonly T[] {
  let left = errorTextMax
  const end = problems.findIndex((problem) => {
    left -= charactersOf(problem)
    return left < 0
  })
  return end < 0 ? problems : problems.slice(0, Math.max(end, 1))
}

/** Everything in a Status that a request can make long. */
function boundedDetails(details: StatusDetails): StatusDetails {
  const { name, causes } = details
  if (!causes && (name === undefined || name.length <= statusNameMax)) return details
  const length = ({ message = '', field = '' }: StatusCause): number => message.length + field.length
  return {
    ...details,
    ...(name !== undefined && { name: cut(name, statusNameMax) }),
    ...(causes && { causes: toTell(causes, length).map(boundedCause) }),
  }
}

function boundedCause(cause: StatusCause): StatusCause {
  const { message = '', field = '' } = cause
  if (message.length <= shownValueMax && field.length <= shownValueMax) return cause
  return { ...cause, message: cut(message, 2 * shownValueMax), ...(field && { field: cut(field, shownValueMax) }) }
}

/** Whatever was thrown, as a StatusError. An unexpected error's text goes to the log, not to the client. */
export function toStatusError(reason: unknown): StatusError {
  if (reason instanceof StatusError) return reason
  return internalError('the server could not complete the request; its log has the cause', reason)
}
