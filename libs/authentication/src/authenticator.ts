/**
 * All credentials of a request, in Kubernetes' order: client certificate, bearer token, and nobody in particular.
 * Source: kubernetes/kubernetes pkg/kubeapiserver/authenticator/config.go, New, and
 * staging/src/k8s.io/apiserver/pkg/authentication/request/union/union.go
 */
import { andThen, anonymousUser, type MaybePromise, type UserInfo, unauthenticatedGroup } from '@ensign/apimachinery'
import { type AuditAnnotations, type Authentication, aggregateReasons, annotated, refused } from './authentication.ts'
import { bearerToken } from './bearer.ts'
import { type CertificateAuthenticator, namesNobody, type PeerCredentials } from './certificate.ts'
import type { TokenAuthenticator } from './service-account/token-authenticator.ts'
import { webSocketToken } from './websocket.ts'

/** The part of a request that may say who it comes from. */
export interface RequestCredentials {
  readonly authorization?: string | readonly string[] | undefined
  /** `Sec-WebSocket-Protocol` of a request that asks to become a WebSocket. */
  readonly webSocketProtocols?: string | undefined
  readonly peer: PeerCredentials
  /** Decoded path, for `anonymousPaths`. */
  readonly path: string
}

export interface Authenticator {
  /** Never rejects. Without any credential, and with anonymous access off, the answer is a refusal. */
  authenticate(credentials: RequestCredentials): MaybePromise<Authentication>
  /**
   * What TokenReview asks: whose is this token, for these audiences?
   * The API server's own audiences when the list is empty.
   */
  review(token: string, audiences: readonly string[]): MaybePromise<Authentication>
}

/** Said of a token that nobody knows; and before every other reason, because the loopback client's is asked first. */
const invalidToken = 'invalid bearer token'

export function createAuthenticator(options: {
  certificates: CertificateAuthenticator
  /** Asked in order. */
  tokens: readonly TokenAuthenticator[]
  anonymous: {
    readonly enabled: boolean
    /** Where; everywhere when absent. */
    readonly paths?: readonly string[]
  }
  apiAudiences: readonly string[]
}): Authenticator {
  const { certificates, tokens, anonymous, apiAudiences } = options

  const nobody = (path: string | undefined, audiences: readonly string[], warning?: string): Authentication => {
    const here = anonymous.enabled && (!anonymous.paths || (path !== undefined && anonymous.paths.includes(path)))
    if (!here) return refused('no credentials')
    return { ok: true, user: anonymousUserInfo, audiences, ...(warning !== undefined && { warnings: [warning] }) }
  }

  /** Asks from the one at `next` on; the first that knows the token decides. */
  const authenticateToken = (
    token: string,
    audiences: readonly string[],
    reasons: readonly string[],
    annotations: AuditAnnotations = {},
    next = 0,
  ): MaybePromise<Authentication> => {
    const authenticator = tokens[next]
    if (!authenticator) return annotated(refused(aggregateReasons(reasons)), annotations)
    return andThen(authenticator.authenticate(token, audiences), (opinion) => {
      if (opinion?.ok) return opinion
      const said = opinion ? [...reasons, opinion.reason] : reasons
      return authenticateToken(token, audiences, said, { ...annotations, ...opinion?.auditAnnotations }, next + 1)
    })
  }

  return {
    authenticate({ authorization, webSocketProtocols, peer, path }) {
      const byCertificate = certificates.authenticate(peer)
      if (byCertificate?.ok) return byCertificate
      const certificateReasons = byCertificate ? [byCertificate.reason] : []
      const { token, warning } = bearerToken(authorization)
      // A bad credential is refused, never taken for none.
      if (token !== undefined) return authenticateToken(token, apiAudiences, [invalidToken, ...certificateReasons])
      const inProtocol = webSocketProtocols === undefined ? undefined : webSocketToken(webSocketProtocols)
      if (inProtocol)
        return inProtocol.ok
          ? authenticateToken(inProtocol.token, apiAudiences, [invalidToken, ...certificateReasons])
          : refused(inProtocol.reason)
      // A certificate without a name is none where nobody is asked for one. Under the API it is refused, as by a
      // kube-apiserver with a front proxy's authority, which installers set up and which does not know the certificate.
      if (byCertificate && (byCertificate !== namesNobody || isApiPath(path))) return byCertificate
      return nobody(path, apiAudiences, warning)
    },
    review(token, audiences) {
      const wanted = audiences.length > 0 ? audiences : apiAudiences
      // As Kubernetes does: through the header's rules, so that a token of blanks is none.
      const { token: text, warning } = bearerToken(`Bearer ${token}`)
      if (text === undefined) return nobody(undefined, wanted, warning)
      return authenticateToken(text, wanted, [invalidToken])
    },
  }
}

const isApiPath = (path: string): boolean => /^\/apis?(\/|$)/.test(path)

const anonymousUserInfo: UserInfo = Object.freeze({
  username: anonymousUser,
  groups: Object.freeze([unauthenticatedGroup]),
})
