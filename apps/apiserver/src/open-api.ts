/**
 * /openapi/v3 and /openapi/v2. The documents are made when first asked for: most planes are never asked.
 * Source: k8s.io/kube-openapi pkg/handler3/handler.go, pkg/handler/handler.go
 */
import { createHash } from 'node:crypto'
import { StatusError } from '@ensign/apimachinery'
import { type ApiRequest, type ApiResponse, response, textResponse } from '@ensign/endpoints'

interface Document {
  readonly body: Buffer
  readonly hash: string
}

const v2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
/** Seconds (one year): a document's address changes with its content. */
const immutableSeconds = 31_536_000

export interface OpenApi {
  answer(
    request: ApiRequest,
    path: string,
    query: URLSearchParams | undefined,
  ): ApiResponse | Promise<ApiResponse | undefined>
}

export function createOpenApi(make: () => Promise<ReadonlyMap<string, object>>): OpenApi {
  let making: Promise<Map<string, Document>> | undefined
  const documents = (): Promise<Map<string, Document>> => {
    making ??= make().then((made) => new Map([...made].map(([name, document]) => [name, rendered(document)])))
    return making
  }
  return {
    answer(request, path, query) {
      if (path === '/openapi/v2') return v2(request)
      return documents().then((all) => {
        if (path === '/openapi/v3' || path === '/openapi/v3/') return index(all)
        const name = path.slice('/openapi/v3/'.length)
        const document = all.get(name)
        return document && answered(request, name, document, query?.get('hash') ?? undefined)
      })
    },
  }
}

function rendered(document: object): Document {
  const body = Buffer.from(JSON.stringify(document))
  return { body, hash: createHash('sha512').update(body).digest('hex').toUpperCase() }
}

const url = (name: string, { hash }: Document): string => `/openapi/v3/${name}?hash=${hash}`

/** Upstream does not say that it is JSON, and so it goes out as text. */
function index(documents: ReadonlyMap<string, Document>): ApiResponse {
  const paths = Object.fromEntries([...documents].map(([name, d]) => [name, { serverRelativeURL: url(name, d) }]))
  return textResponse(200, `${JSON.stringify({ paths })}\n`)
}

function answered({ headers }: ApiRequest, name: string, document: Document, hash: string | undefined): ApiResponse {
  if (hash !== undefined && hash !== document.hash) return { status: 301, headers: { location: url(name, document) } }
  const cached = {
    etag: `"${document.hash}"`,
    vary: 'Accept',
    ...(hash !== undefined && {
      'cache-control': 'public, immutable',
      expires: new Date(Date.now() + immutableSeconds * 1000).toUTCString(),
    }),
  }
  if (headers['if-none-match'] === cached.etag) return { status: 304, headers: cached }
  return response(200, 'application/json', document.body, cached)
}

/**
 * kubectl before 1.29 wants this document, in protobuf, before it looks at version 3. An empty one is valid and sends it
 * on to version 3.
 */
function v2({ headers }: ApiRequest): ApiResponse {
  const accept = String(headers.accept ?? '')
  if (!accept.includes('proto-openapi.spec.v2') && !accept.includes('*/*') && accept !== '') {
    throw new StatusError('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${v2Protobuf}`)
  }
  return response(200, v2Protobuf, Buffer.alloc(0), { vary: 'Accept' })
}
