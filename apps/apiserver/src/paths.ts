/** Everything that is served outside of the resources: version, health, metrics, discovery, OpenAPI, issuer documents. */
import type { AnyResourceDefinition } from '@ensign/apimachinery'
import {
  type ApiRequest,
  type ApiResponse,
  createDiscovery,
  errorResponse,
  methodNotAllowed,
  notAcceptable,
  type RequestInfo,
  type ResourceSet,
  response,
  unservedResource,
} from '@ensign/endpoints'
import { discoveryPath, jwksPath } from '@ensign/keypair'
import { type MetricsRegistry, metricsContentType } from '@ensign/process'
import type { Health } from './health.ts'
import type { IssuerDocuments } from './issuer-documents.ts'
import { createOpenApi } from './open-api.ts'
import type { StatusPages } from './status-pages.ts'
import { kubernetesVersion } from './version.ts'

export function createPaths(deps: {
  resources: ResourceSet
  definitions: readonly AnyResourceDefinition[]
  /** host:port that clients are told in the oldest discovery document. */
  serverAddress: string
  health: Health
  pages: StatusPages
  documents: IssuerDocuments
  metrics: MetricsRegistry
}): (request: ApiRequest, info: RequestInfo) => ApiResponse | Promise<ApiResponse | undefined> | undefined {
  const discovery = createDiscovery(deps.resources, deps.serverAddress)
  const openApi = createOpenApi(deps.definitions, { version: kubernetesVersion.gitVersion })
  const version = Buffer.from(JSON.stringify(kubernetesVersion, null, 2))
  const paths = Buffer.from(JSON.stringify({ paths: rootPaths(deps.resources) }, null, 2))
  return (request, { path, query }) => {
    if (request.method === 'HEAD' && isHealth(path)) return deps.health.answer(path, query)
    if (request.method !== 'GET') return known(path) ? errorResponse(methodNotAllowed()) : undefined
    if (path === '/api' || path === '/apis' || path.startsWith('/api/') || path.startsWith('/apis/'))
      return discovery.answer(request, path) ?? missingVersion(deps.resources, path)
    if (path === '/version' || path === '/version/') {
      if (!/json|\*\/\*/.test(String(request.headers.accept ?? '*/*'))) throw notAcceptable(['application/json'])
      return response(200, 'application/json', version)
    }
    if (path.startsWith('/openapi/')) return openApi.answer(request, path, query)
    if (path === '/metrics') return response(200, metricsContentType, Buffer.from(deps.metrics.expose()))
    if (path === '/metrics/slis') return response(200, metricsContentType, Buffer.from(deps.health.indicators()))
    if (path === '/') return response(200, 'application/json', paths)
    return deps.documents.answer(request, path) ?? deps.pages.answer(path) ?? deps.health.answer(path, query)
  }
}

const isHealth = (path: string): boolean => /^\/(?:livez|readyz|healthz)(?:\/|$)/.test(path)
const known = (path: string): boolean =>
  /^\/(?:api|apis|version|openapi|openid|\.well-known|livez|readyz|healthz|metrics|statusz|flagz)(?:\/|$)/.test(path)

/** A version that a served group does not have; a group that nobody serves is no path at all. */
function missingVersion(resources: ResourceSet, path: string): ApiResponse | undefined {
  const group = path.startsWith('/api/') ? '' : (path.split('/')[2] ?? '')
  return resources.versions.some((v) => v.group === group) ? errorResponse(unservedResource()) : undefined
}

/** Of what `/` lists. */
export const rootPaths = (resources: ResourceSet): string[] => {
  const groups = new Set(resources.versions.filter((v) => v.group !== '').map((v) => v.group))
  return [
    discoveryPath,
    '/api',
    ...resources.versions.filter((v) => v.group === '').map((v) => `/api/${v.version}`),
    '/apis',
    ...[...groups].flatMap((g) => [
      `/apis/${g}`,
      ...resources.versions.filter((v) => v.group === g).map((v) => `/apis/${g}/${v.version}`),
    ]),
    '/flagz',
    '/healthz',
    '/livez',
    '/metrics',
    '/metrics/slis',
    '/openapi/v2',
    '/openapi/v3',
    jwksPath,
    '/readyz',
    '/statusz',
    '/version',
  ]
}
