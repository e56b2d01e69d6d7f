import { badRequest } from '@ensign/apimachinery'
import type { ApiRequest, PeerConnection } from '@ensign/endpoints'
import type { Target } from '../generated/ensign/objects/v1/objects.ts'

/** The parts of a call that make a REST request. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly target: Target | undefined
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly contentType?: string
  readonly body?: Uint8Array
  /** The form in which objects are wanted; whole when absent. */
  readonly as?: 'PartialObjectMetadata' | 'PartialObjectMetadataList' | undefined
}

/**
 * The REST request that asks the same.
 *
 * @throws StatusError `BadRequest` when the target cannot be a path.
 */
export function apiRequest(call: Call, peer: PeerConnection, userAgent: string): ApiRequest {
  return request({
    method: call.method,
    path: pathOf(call.target),
    query: queryOf(call.query ?? {}),
    contentType: call.contentType ?? 'application/json',
    accept: call.as ? `application/json;as=${call.as};g=meta.k8s.io;v=v1` : 'application/json',
    body: call.body ?? new Uint8Array(),
    peer,
    userAgent,
  })
}

/** A request for a document of discovery, in its aggregated form. */
export function discoveryRequest(path: '/api' | '/apis', peer: PeerConnection, userAgent: string): ApiRequest {
  return request({
    method: 'GET',
    path,
    query: '',
    contentType: 'application/json',
    accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    body: new Uint8Array(),
    peer,
    userAgent,
  })
}

function request(parts: {
  method: string
  path: string
  query: string
  contentType: string
  accept: string
  body: Uint8Array
  peer: PeerConnection
  userAgent: string
}): ApiRequest {
  const { method, path, query, body, peer } = parts
  return {
    method,
    path,
    query,
    headers: { accept: parts.accept, 'content-type': parts.contentType, 'user-agent': parts.userAgent },
    // gRPC has bounded it already.
    body: async () => body,
    peer,
  }
}

function pathOf(target: Target | undefined): string {
  if (!target?.version || !target.resource) throw badRequest('target.version and target.resource are required')
  const { group, version, resource, namespace, name, subresource } = target
  if (subresource && !name) throw badRequest('target.subresource needs target.name')
  const segments = group ? ['apis', group, version] : ['api', version]
  if (namespace) segments.push('namespaces', namespace)
  segments.push(resource)
  if (name) segments.push(name)
  if (subresource) segments.push(subresource)
  // A slash inside of a name would make it another path.
  for (const segment of segments) if (segment.includes('/')) throw badRequest('no part of target may hold a slash')
  return `/${segments.map(encodeURIComponent).join('/')}`
}

function queryOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value)
  return query.toString()
}
