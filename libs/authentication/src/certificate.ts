import { createHash, X509Certificate } from 'node:crypto'
import { anonymousUser, authenticatedGroup, type UserInfo } from '@ensign/apimachinery'
import { isForClients, subjectOf } from '@ensign/pki'
import { type Opinion, refused } from './authentication.ts'
import { credentialIdKey } from './user-extra.ts'

/** What the transport knows of its peer. One object per connection: identities are remembered by it. */
export interface PeerCredentials {
  /** DER of the client's certificate, only when its chain was verified against the client CA. */
  readonly certificate?: Uint8Array
  /** Why a certificate that was presented is not believed. */
  readonly certificateError?: string
}

/** Of a certificate that is good and has no common name: no identity, and no proof of a false one either. */
export const namesNobody = refused('the certificate names nobody')

export interface CertificateAuthenticator {
  /** Never throws. Cheap after the first request of a connection. */
  authenticate(peer: PeerCredentials): Opinion
}

/**
 * Client certificates: the common name is the user, every organization a group.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/authentication/request/x509/x509.go
 */
export function certificateAuthenticator(deps: { clock: { now(): number } }): CertificateAuthenticator {
  const known = new WeakMap<PeerCredentials, { opinion: Opinion; validToMs: number }>()
  return {
    authenticate(peer) {
      if (peer.certificateError !== undefined) return refused(`verifying certificate failed: ${peer.certificateError}`)
      if (peer.certificate === undefined) return undefined
      let found = known.get(peer)
      if (!found) {
        found = readIdentity(Buffer.from(peer.certificate))
        known.set(peer, found)
      }
      // A connection may outlive the certificate that it was opened with.
      if (deps.clock.now() > found.validToMs) return refused('verifying certificate failed: certificate has expired')
      return found.opinion
    },
  }
}

function readIdentity(der: Buffer): { opinion: Opinion; validToMs: number } {
  try {
    const certificate = new X509Certificate(der)
    return { opinion: identityOf(der, certificate), validToMs: Date.parse(certificate.validTo) }
  } catch {
    return { opinion: refused('verifying certificate failed: it cannot be read'), validToMs: Number.POSITIVE_INFINITY }
  }
}

function identityOf(der: Buffer, certificate: X509Certificate): Opinion {
  if (!isForClients(certificate)) {
    return refused('verifying certificate failed: certificate specifies an incompatible key usage')
  }
  const { commonName, organizations, uids } = subjectOf(der)
  if (commonName === '') return namesNobody
  if (uids.length > 1) return refused(`expected 1 UID, but found multiple: [${uids.join(' ')}]`)
  if (uids[0] === '') return refused('UID cannot be an empty string')
  const fingerprint = createHash('sha256').update(der).digest('hex')
  const user: UserInfo = Object.freeze({
    username: commonName,
    ...(uids[0] !== undefined && { uid: uids[0] }),
    groups: withAuthenticated(commonName, organizations),
    extra: { [credentialIdKey]: [`X509SHA256=${fingerprint}`] },
  })
  return { ok: true, user }
}

/** Source: staging/src/k8s.io/apiserver/pkg/authentication/group/authenticated_group_adder.go */
function withAuthenticated(username: string, groups: readonly string[]): readonly string[] {
  if (username === anonymousUser) return groups
  const said = groups.includes(authenticatedGroup) || groups.includes('system:unauthenticated')
  return said ? groups : [...groups, authenticatedGroup]
}
