export type { Authentication } from './authentication.ts'
export { type Authenticator, createAuthenticator, type RequestCredentials } from './authenticator.ts'
export { bearerToken } from './bearer.ts'
export { type CertificateAuthenticator, certificateAuthenticator, type PeerCredentials } from './certificate.ts'
export { type TokenMetrics, tokenMetrics } from './metrics.ts'
export {
  type Binding,
  boundClaims,
  extendableExpirationSeconds,
  extendedExpirationSeconds,
  legacyClaims,
  legacyIssuer,
  type ObjectClaim,
  type TokenLifetime,
  tokenLifetime,
} from './service-account/claims.ts'
export { invalidSinceLabel, type LegacyTokenUse, lastUsedLabel } from './service-account/legacy.ts'
export {
  type ServiceAccountTokenOptions,
  serviceAccountTokenAuthenticator,
  type TokenAuthenticator,
} from './service-account/token-authenticator.ts'
export type {
  StoredTokenObjects,
  TokenNode,
  TokenObjects,
  TokenPod,
  TokenSecret,
  TokenServiceAccount,
} from './service-account/token-objects.ts'
export {
  allServiceAccountsGroup,
  parseServiceAccountUsername,
  serviceAccountGroups,
  serviceAccountUsername,
} from './service-account/username.ts'
export { credentialIdKey, nodeNameKey, nodeUidKey, podNameKey, podUidKey } from './user-extra.ts'
