/**
 * What a URL and a method ask for.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
 */

import { isPathSegment, parseFieldSelector } from '@ensign/apimachinery'
import type { RequestAttributes } from '@ensign/authorization'

export interface RequestInfo {
  /** False for paths outside of /api/VERSION and /apis/GROUP/VERSION. */
  readonly isResource: boolean
  readonly path: string
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  /** The path has a place for a namespace, though perhaps an empty one. */
  readonly inNamespace: boolean
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** The path begins with `watch/`, as it did before there was a parameter for it. */
  readonly watchPath: boolean
  /** Segments behind a subresource, which no served resource has. */
  readonly tooDeep: boolean
  readonly query: URLSearchParams | undefined
}

const verbOfMethod: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}
/** Subresources of a namespace; anything else behind its name is a resource in it. */
const namespaceSubresources = new Set(['status', 'finalize'])

/** Throws URIError when the path is not valid percent-encoding. */
export function parseRequestInfo(method: string, rawPath: string, rawQuery: string): RequestInfo {
  const path = rawPath.includes('%') ? decodeURIComponent(rawPath) : rawPath
  const query = rawQuery === '' ? undefined : new URLSearchParams(readableQuery(rawQuery))
  const parts = path.split('/')
  // parts[0] is what stands before the first slash; a slash at the end leaves an empty last part.
  const last = parts.length > 1 && parts.at(-1) === '' ? parts.length - 1 : parts.length
  const isCore = parts[1] === 'api'
  const first = isCore ? 3 : 4
  if ((!isCore && parts[1] !== 'apis') || last <= first) return nonResource(method, path, query)
  const group = isCore ? '' : (parts[2] as string)
  const version = parts[first - 1] as string

  let at = first
  let namespace = ''
  let inNamespace = false
  let verb = verbOfMethod[method] ?? ''
  if (parts[at] === 'watch' && last > at + 1) {
    verb = 'watch'
    at++
  }
  if (parts[at] === 'namespaces' && last > at + 1) {
    namespace = parts[at + 1] as string
    inNamespace = true
    if (last > at + 2 && !namespaceSubresources.has(parts[at + 2] as string)) at += 2
  }
  const resource = parts[at] as string
  const name = last > at + 1 ? (parts[at + 1] as string) : ''
  const subresource = last > at + 2 ? (parts[at + 2] as string) : ''
  return {
    isResource: true,
    path,
    verb: verb === 'watch' ? verb : collectionVerb(verb, name, query),
    group,
    version,
    namespace,
    inNamespace,
    resource,
    subresource,
    name,
    watchPath: verb === 'watch',
    tooDeep: last > at + 3,
    query,
  }
}

/** Without the pairs that cannot be read, which are passed over in silence. Source: Go's net/url, Query */
function readableQuery(query: string): string {
  if (!/[%;]/.test(query)) return query
  return query
    .split('&')
    .filter((pair) => !/;|%(?![0-9a-fA-F]{2})/.test(pair))
    .join('&')
}

function collectionVerb(verb: string, name: string, query: URLSearchParams | undefined): string {
  if (name !== '') return verb
  if (verb === 'get') return booleanParameter(query?.get('watch')) ? 'watch' : 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

function nonResource(method: string, path: string, query: URLSearchParams | undefined): RequestInfo {
  return {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    inNamespace: false,
    resource: '',
    subresource: '',
    name: '',
    watchPath: false,
    tooDeep: false,
    query,
  }
}

/** Anything but `0` and `false` is true, an empty value included. Source: apimachinery pkg/runtime/conversion.go. */
export const booleanParameter = (value: string | null | undefined): boolean =>
  value !== null && value !== undefined && value !== '0' && value.toLowerCase() !== 'false'

export function attributesOf(info: RequestInfo): RequestAttributes {
  if (!info.isResource) return { isResource: false, verb: info.verb, path: info.path }
  const { verb, group, resource, subresource, namespace } = info
  return { isResource: true, verb, group, resource, subresource, namespace, name: info.name || selectedName(info) }
}

/**
 * A list or watch of one name counts as access to that name, so that a rule with resourceNames can allow it. A
 * deletecollection does not, nor does a watch that is asked for by the path.
 */
function selectedName({ verb, watchPath, query }: RequestInfo): string {
  const selector = verb === 'list' || (verb === 'watch' && !watchPath) ? query?.get('fieldSelector') : undefined
  if (!selector) return ''
  try {
    const name = parseFieldSelector(selector).find((t) => t.equal && t.field === 'metadata.name')?.value ?? ''
    return isPathSegment(name).length === 0 ? name : ''
  } catch {
    // What is wrong with the selector is said when the list is made; nobody is let in by it here.
    return ''
  }
}
