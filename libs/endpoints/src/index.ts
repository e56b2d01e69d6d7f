export type { EncodedEvent, EventSink, EventStream, WatchEventType } from '@ensign/registry'
export { type ActionCall, type ActionHandler, done } from './action.ts'
export { type Authenticated, type ChainOptions, createHandler } from './chain.ts'
export type { ConnectCall, ConnectHandler } from './connect.ts'
export { checkDeleteOptions, type DeleteOptionsBody } from './delete-options.ts'
export { createDiscovery, type Discovery } from './discovery.ts'
export type { ApiRequest, ApiResponse, Handler, PeerConnection, RequestHeaders } from './exchange.ts'
export { createInFlight, type InFlight } from './in-flight.ts'
export { limits } from './limits.ts'
export { notAcceptable, parseAccept } from './media-type.ts'
export { booleanParameter, parseRequestInfo, type RequestInfo } from './request-info.ts'
export { ResourceSet, type Served } from './resource-set.ts'
export {
  errorResponse,
  jsonResponse,
  methodNotAllowed,
  notFoundPath,
  response,
  statusResponse,
  textResponse,
  unservedResource,
} from './response.ts'
