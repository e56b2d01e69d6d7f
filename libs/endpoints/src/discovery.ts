/**
 * What is served, in the documents that clients discover it by. Rendered once: nothing served comes or goes at run time.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/discovery (legacy.go, aggregated/handler.go,
 * storageversionhash.go)
 */
import { createHash } from 'node:crypto'
import {
  type ActionSubresource,
  APIGroupListSchema,
  APIGroupSchema,
  APIResourceListSchema,
  APIVersionsSchema,
  apiVersionOf,
  isVirtual,
  type MessageSchema,
  type Subresource,
  type Verb,
  verbsOf,
} from '@ensign/apimachinery'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { mediaTypes, negotiate, parseAccept } from './media-type.ts'
import { protobufObject } from './protobuf-object.ts'
import type { ResourceSet, Served } from './resource-set.ts'
import { jsonResponse, response } from './response.ts'
import { yaml } from './yaml.ts'

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

export interface Discovery {
  /** The answer for a path under /api or /apis, or undefined when no document is there. */
  answer(request: ApiRequest, path: string): ApiResponse | undefined
}

export function createDiscovery(resources: ResourceSet, serverAddress: string): Discovery {
  const groups = [...new Set(resources.versions.map((v) => v.group))]
  const versionsOf = (group: string): string[] =>
    resources.versions.filter((v) => v.group === group).map((v) => v.version)
  const documents = new Map<string, Document>()
  const add = (path: string, schema: MessageSchema, value: Document['value']) => documents.set(path, { schema, value })
  const aggregated = new Map<string, Aggregated>()

  if (groups.includes('')) {
    add('/api', APIVersionsSchema, {
      kind: 'APIVersions',
      versions: versionsOf(''),
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
    })
    aggregated.set('/api', aggregate([groupDiscovery('')]))
  }
  const named = groups.filter((g) => g !== '')
  add('/apis', APIGroupListSchema, { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(apiGroup) })
  aggregated.set('/apis', aggregate(named.map(groupDiscovery)))
  for (const group of named)
    add(`/apis/${group}`, APIGroupSchema, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) })
  for (const { group, version } of resources.versions) {
    const path = group ? `/apis/${group}/${version}` : `/api/${version}`
    add(path, APIResourceListSchema, resourceList(group, version))
  }

  return {
    answer(request, rawPath) {
      const path = rawPath.length > 1 && rawPath.endsWith('/') ? rawPath.slice(0, -1) : rawPath
      const document = documents.get(path)
      if (!document) return undefined
      const found = aggregated.get(path)
      if (found) {
        const wanted = wantsAggregated(request)
        if (wanted) return aggregatedAnswer(request, found)
        const answer = plain(request, document)
        return { ...answer, headers: { ...answer.headers, vary: 'Accept' } }
      }
      return plain(request, document)
    },
  }

  function apiGroup(name: string): object {
    const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }))
    return { name, versions, preferredVersion: versions[0] }
  }

  function groupDiscovery(name: string): object {
    return {
      metadata: { ...(name && { name }), creationTimestamp: null },
      versions: versionsOf(name).map((version) => ({
        version,
        resources: resources.of(name, version).map(discoveredResource),
        freshness: 'Current',
      })),
    }
  }

  function resourceList(group: string, version: string): Document['value'] {
    return {
      kind: 'APIResourceList',
      ...(group && { apiVersion: 'v1' }),
      groupVersion: apiVersionOf({ group, version }),
      resources: resources.of(group, version).flatMap(listedResources),
    }
  }
}

/** What a path of the older discovery answers, in any form. */
interface Document {
  readonly schema: MessageSchema
  readonly value: { readonly kind: string; readonly apiVersion?: string; readonly [member: string]: unknown }
}

interface Aggregated {
  readonly body: Buffer
  readonly etag: string
}

function aggregate(items: object[]): Aggregated {
  const body = Buffer.from(
    `${JSON.stringify({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items })}\n`,
  )
  return { body, etag: `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"` }
}

function aggregatedAnswer({ headers }: ApiRequest, { body, etag }: Aggregated): ApiResponse {
  const cached = { etag, vary: 'Accept', 'cache-control': 'public' }
  if (headers['if-none-match'] === etag) return { status: 304, headers: cached }
  return { status: 200, headers: { 'content-type': aggregatedType, ...cached }, body }
}

/** True when the aggregated form is the best that the client asks for. */
function wantsAggregated({ headers }: ApiRequest): boolean {
  const { accept } = headers
  if (!accept) return false
  for (const { type, parameters } of parseAccept(String(accept))) {
    if (type !== mediaTypes.json && type !== '*/*') continue
    const { as, g, v } = parameters
    if (as === undefined) return false
    if (as === 'APIGroupDiscoveryList' && g === 'apidiscovery.k8s.io' && v === 'v2') return true
  }
  return false
}

function plain({ headers: { accept } }: ApiRequest, { schema, value }: Document): ApiResponse {
  // Forms of aggregated discovery that nobody serves are passed over when something plain is asked for beside them.
  const clauses = accept ? String(accept).split(',') : []
  const others = clauses.filter((c) => !knownAggregated.test(c.replaceAll(' ', '')))
  const { mediaType } = negotiate(clauses.length > 0 && others.length === 0 ? undefined : others.join(','))
  if (mediaType === mediaTypes.protobuf) return response(200, mediaType, protobufObject(schema, value))
  if (mediaType === mediaTypes.yaml) return response(200, mediaType, Buffer.from(yaml(value)))
  return jsonResponse(200, value)
}

/** Versions of aggregated discovery that there have been; whoever asks for one gets the older document instead. */
const knownAggregated = /g=apidiscovery\.k8s\.io;v=v2(?:beta1)?;as=APIGroupDiscoveryList/

const isAction = (s: { readonly kind?: string }): s is ActionSubresource => s.kind !== undefined

function discoveredResource({ definition: d }: Served): object {
  const subresources = subresourcesOf(d).map(([subresource, s]) => ({
    subresource,
    responseKind: responseKind(d, isAction(s) ? s : d),
    verbs: [...s.verbs].sort(),
  }))
  return {
    resource: d.plural,
    responseKind: responseKind(d, d),
    scope: d.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: d.singular,
    verbs: sortedVerbs(d),
    ...(d.shortNames?.length && { shortNames: d.shortNames }),
    ...(d.categories?.length && { categories: d.categories }),
    ...(subresources.length > 0 && { subresources }),
  }
}

/** Group and version stay empty where they are those of the list. */
function responseKind(
  list: { group: string; version: string },
  { group, version, kind }: { group: string; version: string; kind: string },
): object {
  return group === list.group && version === list.version ? { group: '', version: '', kind } : { group, version, kind }
}

function listedResources({ definition: d }: Served): object[] {
  const subresources = subresourcesOf(d).map(([subresource, s]) => ({
    name: `${d.plural}/${subresource}`,
    singularName: '',
    namespaced: d.namespaced,
    ...(isAction(s) && (s.group !== d.group || s.version !== d.version) && { group: s.group, version: s.version }),
    kind: isAction(s) ? s.kind : d.kind,
    verbs: [...s.verbs].sort(),
  }))
  const own = {
    name: d.plural,
    singularName: d.singular,
    namespaced: d.namespaced,
    kind: d.kind,
    verbs: sortedVerbs(d),
    ...(d.shortNames?.length && { shortNames: d.shortNames }),
    ...(d.categories?.length && { categories: d.categories }),
    ...(!isVirtual(d) && { storageVersionHash: storageVersionHash(d.conversion?.stored ?? d) }),
  }
  return [own, ...subresources]
}

/** By name, as every list in discovery is. */
const subresourcesOf = (d: Served['definition']): [string, Subresource<never>][] =>
  Object.entries(d.subresources ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)) as [string, Subresource<never>][]

const sortedVerbs = (definition: Served['definition']): Verb[] => [...verbsOf(definition)].sort()

function storageVersionHash({ group, version, kind }: { group: string; version: string; kind: string }): string {
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')
}
