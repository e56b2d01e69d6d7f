/**
 * The OIDC documents as the apiserver itself serves them, to those whom RBAC allows: bytes rendered when keys change.
 * Source: kubernetes/kubernetes pkg/routes/openidmetadata.go
 */

import { type ApiRequest, type ApiResponse, notAcceptable, response } from '@ensign/endpoints'
import {
  discoveryContentType,
  discoveryJson,
  discoveryPath,
  issuerProblem,
  jwksContentType,
  jwksJson,
  jwksPath,
  type KeyRing,
} from '@ensign/keypair'

/** Seconds. Source: openidmetadata.go, cacheControlMaxAge default for static keys. */
const maxAgeSeconds = 3600

export interface IssuerDocuments {
  answer(request: ApiRequest, path: string): ApiResponse | undefined
  close(): void
}

export function createIssuerDocuments({
  issuer,
  jwksUri,
  ring,
}: {
  issuer: string
  jwksUri: string
  ring: KeyRing
}): IssuerDocuments {
  // An issuer that no relying party could discover is not published; its tokens work all the same.
  const published = issuerProblem(issuer) === undefined
  let documents = render()
  const stop = ring.subscribe(() => {
    documents = render()
  })
  return {
    close: stop,
    answer({ headers }, rawPath) {
      const path = rawPath.endsWith('/') ? rawPath.slice(0, -1) : rawPath
      const document = documents.get(path)
      if (!document) return undefined
      const { accept } = headers
      if (accept && !accepts(String(accept), document.contentType)) {
        throw notAcceptable([document.contentType])
      }
      return response(200, document.contentType, document.body, { 'cache-control': `public, max-age=${maxAgeSeconds}` })
    },
  }

  function render(): Map<string, { contentType: string; body: Buffer }> {
    const keys = ring.keys()
    if (!published || keys.length === 0) return new Map()
    return new Map([
      [
        discoveryPath,
        { contentType: discoveryContentType, body: Buffer.from(discoveryJson({ issuer, jwksUri, keys })) },
      ],
      [jwksPath, { contentType: jwksContentType, body: Buffer.from(jwksJson(keys)) }],
    ])
  }
}

const accepts = (header: string, type: string): boolean =>
  header.split(',').some((clause) => ['*/*', type].includes(clause.split(';', 1)[0]?.trim() ?? ''))
