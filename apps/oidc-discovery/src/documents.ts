/** Everything that is served, rendered once per change of keys: a request is a lookup. */
import { createHash } from 'node:crypto'
import {
  discoveryContentType,
  discoveryJson,
  discoveryPath,
  issuerProblem,
  jwksContentType,
  jwksJson,
  jwksPath,
  publishedKeys,
} from '@ensign/keypair'
import type { Publication } from './key-source.ts'

export interface Document {
  readonly body: Buffer
  /** Sent with 200. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent with 304: RFC 9110 §15.4.5. */
  readonly notModifiedHeaders: Readonly<Record<string, string>>
  /** Strong: changes with every byte. */
  readonly etag: string
}

/** What can be published, by path, or why nothing can. */
export type Documents =
  | { readonly ok: true; readonly byPath: ReadonlyMap<string, Document>; readonly issuer: string }
  | { readonly ok: false; readonly problem: string }

export interface DocumentSettings {
  /** Instead of the publication's. */
  readonly issuer: string | undefined
  readonly jwksUri: string | undefined
  readonly cacheMaxAgeMs: number
}

/**
 * Each issuer's metadata lies under its path (OpenID Connect Discovery 1.0 §4.1), the first one's at the root as well:
 * a proxy may strip the path. One key set serves all.
 */
export function renderDocuments(publication: Publication | undefined, settings: DocumentSettings): Documents {
  if (!publication) return { ok: false, problem: 'no keys received yet' }
  if (publishedKeys(publication.keys).length === 0) return { ok: false, problem: 'there are no keys to publish' }
  const issuers = settings.issuer ? [settings.issuer] : publication.issuers
  const [first] = issuers
  if (first === undefined) return { ok: false, problem: 'there is no issuer to publish' }
  const problem = issuerProblem(first)
  if (problem) return { ok: false, problem }

  const { keys } = publication
  const byPath = new Map<string, Document>()
  const jwks = documentOf(jwksJson(keys), jwksContentType, settings)
  const add = (path: string, document: Document) => {
    if (!byPath.has(path)) byPath.set(path, document)
  }
  for (const issuer of issuers.filter((candidate) => issuerProblem(candidate) === undefined)) {
    const base = pathOf(issuer)
    const jwksUri = settings.jwksUri ?? publication.jwksUri ?? `${withoutSlash(issuer)}${jwksPath}`
    const metadata = documentOf(discoveryJson({ issuer, jwksUri, keys }), discoveryContentType, settings)
    if (issuer === first) add(discoveryPath, metadata)
    add(`${base}${discoveryPath}`, metadata)
    for (const path of [jwksPath, `${base}${jwksPath}`, pathOf(jwksUri)]) add(path, jwks)
  }
  return { ok: true, byPath, issuer: first }
}

function documentOf(json: string, contentType: string, { cacheMaxAgeMs }: DocumentSettings): Document {
  const body = Buffer.from(json)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
  const notModifiedHeaders = { 'cache-control': `public, max-age=${Math.floor(cacheMaxAgeMs / 1000)}`, etag }
  const headers = {
    'content-type': contentType,
    'content-length': String(body.length),
    ...notModifiedHeaders,
    'x-content-type-options': 'nosniff',
  }
  return { body, headers, notModifiedHeaders, etag }
}

/** The path of an address, as a client sends it, without a final slash; empty for none. */
function pathOf(url: string): string {
  return withoutSlash(new URL(url).pathname)
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text
}
