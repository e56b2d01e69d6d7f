/**
 * /openapi/v3 and /openapi/v2. The documents are made when first asked for: most planes are never asked.
 * Source: k8s.io/kube-openapi pkg/handler3/handler.go, pkg/handler/handler.go
 */
import { createHash } from 'node:crypto'
import type { AnyResourceDefinition } from '@ensign/apimachinery'
import { type ApiRequest, type ApiResponse, parseAccept, response, textResponse } from '@ensign/endpoints'

interface Document {
  readonly body: Buffer
  readonly hash: string
}

const json = 'application/json'
const v2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
/** The type under which clients have always asked for the same. */
const v2ProtobufAsAsked = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
/** Seconds (one year): a document's address changes with its content. */
const immutableSeconds = 31_536_000

export interface OpenApi {
  answer(
    request: ApiRequest,
    path: string,
    query: URLSearchParams | undefined,
  ): ApiResponse | Promise<ApiResponse | undefined>
}

/** Version 2 in both of its forms, which share a hash. */
interface Whole {
  readonly json: Document
  readonly protobuf: Buffer
}

/** @param info what the documents say of the server */
export function createOpenApi(definitions: readonly AnyResourceDefinition[], info: { version: string }): OpenApi {
  const make = async () => await (await import('@ensign/api/open-api')).openApiV3(definitions, info)
  const documents = once(async () => new Map([...(await make())].map(([name, document]) => [name, rendered(document)])))
  const whole = once(async (): Promise<Whole> => {
    const { openApiV2, openApiV2Protobuf } = await import('@ensign/api/open-api')
    const document = openApiV2(await make(), info)
    return { json: rendered(document), protobuf: openApiV2Protobuf(document) }
  })
  return {
    answer(request, path, query) {
      if (path === '/openapi/v2') return v2(request, whole)
      return documents().then((all) => {
        if (path === '/openapi/v3' || path === '/openapi/v3/') return index(all)
        const name = path.slice('/openapi/v3/'.length)
        const document = all.get(name)
        return document && answered(request, name, document, query?.get('hash') ?? undefined)
      })
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let making: Promise<T> | undefined
  return () => {
    making ??= make()
    return making
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
  return response(200, json, document.body, cached)
}

/** JSON unless protobuf is what the client likes best. Whoever wants neither gets 406 without a word, as upstream answers. */
function v2({ headers }: ApiRequest, whole: () => Promise<Whole>): ApiResponse | Promise<ApiResponse> {
  const wanted = parseAccept(String(headers.accept || '*/*')).find(({ type }) => v2Types.has(type))
  if (!wanted) return { status: 406, headers: { vary: 'Accept' } }
  const isProtobuf = wanted.type === v2Protobuf || wanted.type === v2ProtobufAsAsked
  return whole().then(({ json: document, protobuf }) => {
    const cached = { etag: `"${document.hash}"`, vary: 'Accept' }
    if (headers['if-none-match'] === cached.etag) return { status: 304, headers: cached }
    return response(200, isProtobuf ? v2Protobuf : json, isProtobuf ? protobuf : document.body, cached)
  })
}

const v2Types: ReadonlySet<string> = new Set([json, v2Protobuf, v2ProtobufAsAsked, 'application/*', '*/*'])
