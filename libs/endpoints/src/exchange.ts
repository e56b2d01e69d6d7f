/**
 * One request and its answer without a transport. The REST server and the gRPC server both translate to and from
 * these, so that there is one chain of authentication, authorization and admission (docs/architecture.md).
 */
import type { MaybePromise } from '@ensign/apimachinery'
import type { EventStream } from '@ensign/registry'

/** Lower-case names; a name that was sent several times has a list. The shape of node's IncomingHttpHeaders. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The transport connection a request came over. One object for its whole life: identities are cached by it. */
export interface PeerConnection {
  /** DER of the client certificate, only when the transport has verified its chain against the client CA. */
  readonly certificate?: Uint8Array
  /** Why a certificate that was presented is not believed: the transport's error text. */
  readonly certificateError?: string
  /** Remote address, for the audit log. */
  readonly address?: string
  /** Tells the transport whose connection this is. False when this user has as many connections as one user may. */
  identify?(user: string): boolean
}

export interface ApiRequest {
  /** HTTP method, upper-case. */
  readonly method: string
  /** Path as it was sent, still percent-encoded, without the query. */
  readonly path: string
  /** Query as it was sent, without the question mark; empty when there is none. */
  readonly query: string
  readonly headers: RequestHeaders
  /**
   * Reads the whole body once. Throws a 413 StatusError above `limits.requestBodyBytesMax`, and 429 when `mayTake` says of
   * some of its bytes that there is no room for them.
   */
  body(mayTake?: (bytes: number) => boolean): Promise<Uint8Array>
  readonly peer: PeerConnection
}

export interface ApiResponse {
  readonly status: number
  /** Lower-case names. `content-length` is the transport's to add. */
  readonly headers: Record<string, string | string[]>
  readonly body?: Uint8Array
  /** Instead of a body: events that go on until a timeout, an error, or the client leaves. */
  readonly events?: EventStream
}

/** What both front doors call. Never throws or rejects: every failure is an answer. */
export type Handler = (request: ApiRequest) => MaybePromise<ApiResponse>
