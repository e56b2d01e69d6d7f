/**
 * ServiceAccount tokens, from text to user.
 * Source for the order of the checks and their texts: kubernetes/kubernetes pkg/serviceaccount/jwt.go,
 * AuthenticateToken, and pkg/kubeapiserver/authenticator/config.go for which issuers mean which kind of token.
 */
import { andThen, type MaybePromise, type UserInfo } from '@ensign/apimachinery'
import { type KeyRing, parseJws, verifyJws } from '@ensign/keypair'
import type { Clock } from '@ensign/process'
import { type Authentication, aggregateReasons, annotated, type Opinion, refused } from '../authentication.ts'
import type { TokenMetrics } from '../metrics.ts'
import { createVerifiedTokens } from '../verified-tokens.ts'
import { boundValidator } from './bound.ts'
import { legacyIssuer } from './claims.ts'
import { type LegacyTokenUse, legacyValidator } from './legacy.ts'
import { type ParsedClaims, parseClaims, unverifiedIssuer } from './parsed-claims.ts'
import { type StoredTokenObjects, snapshotOf, type TokenObjects } from './token-objects.ts'
import { boundUser, legacyUser } from './user.ts'
import type { Validator, Validity } from './validation.ts'

export interface TokenAuthenticator {
  /**
   * @param audiences who the token must be meant for; the API server itself when absent.
   * @returns undefined when the token is not one that this issuer could have made.
   */
  authenticate(token: string, audiences?: readonly string[]): MaybePromise<Opinion>
}

export interface ServiceAccountTokenOptions {
  keys: KeyRing
  /** All accepted issuers, the one that issues first. */
  issuers: readonly string[]
  /** `--api-audiences` */
  apiAudiences: readonly string[]
  /** `--service-account-lookup` */
  lookup: boolean
  cached: TokenObjects
  /** Asked when the cache lacks an object that a token names, or has another one. */
  stored?: StoredTokenObjects
  clock: Clock
  metrics: TokenMetrics
  onLegacyTokenUse?: (use: LegacyTokenUse) => void
}

/** One way to read a token's claims: as a bound token's, or as those of a token in a Secret. */
interface Kind {
  readonly validator: Validator
  readonly user: (claims: ParsedClaims) => UserInfo
}

/** What a token's text alone decides: not ours, a refusal, or claims that its signature vouches for. */
type Outcome =
  | { readonly result: 'foreign' }
  | { readonly result: 'refused'; readonly refusal: Authentication }
  | {
      readonly result: 'verified'
      readonly claims: ParsedClaims
      readonly readings: readonly { readonly validator: Validator; readonly user: UserInfo }[]
    }
type Verified = Extract<Outcome, { result: 'verified' }>

export function serviceAccountTokenAuthenticator(options: ServiceAccountTokenOptions): TokenAuthenticator {
  const { keys, apiAudiences, metrics } = options
  const kindsOf = kindsByIssuer(options)
  const outcomes = createVerifiedTokens<Outcome>({ keep: ({ result }) => result === 'verified' })
  keys.subscribe(() => outcomes.clear())

  /** What is asked on every request of a token that is known to be genuine. */
  const judge = (outcome: Outcome, token: string, audiences: readonly string[]): MaybePromise<Opinion> => {
    if (outcome.result === 'foreign') return undefined
    if (outcome.result === 'refused') return outcome.refusal

    const { claims } = outcome
    const namesNone = claims.audiences.length === 0
    if (namesNone) metrics.legacy.inc()
    const annotations = namesNone ? { 'authentication.k8s.io/legacy-token': claims.subject } : undefined
    const tokenAudiences = namesNone ? apiAudiences : claims.audiences
    const common = audiences.filter((audience) => tokenAudiences.includes(audience))
    if (common.length === 0 && apiAudiences.length > 0) {
      const text = `token audiences ${goList(tokenAudiences)} is invalid for the target audiences ${goList(audiences)}`
      return annotated(refused(text), annotations)
    }
    return andThen(validate(outcome, token, options), (opinion) =>
      annotated(opinion.ok ? { ...opinion, audiences: common } : opinion, annotations),
    )
  }

  return {
    authenticate: (token, audiences = apiAudiences) =>
      andThen(
        outcomes.get(token, () => verify(token, keys, kindsOf)),
        (outcome) => judge(outcome, token, audiences),
      ),
  }
}

function kindsByIssuer(options: ServiceAccountTokenOptions): (issuer: string) => readonly Kind[] {
  const { clock, metrics, lookup, issuers, onLegacyTokenUse: onUse } = options
  const legacy: Kind = {
    validator: legacyValidator({ clock, metrics, lookup, ...(onUse && { onUse }) }),
    user: legacyUser,
  }
  const bound: Kind = { validator: boundValidator({ clock, metrics }), user: boundUser }
  return (issuer) => [...(issuer === legacyIssuer ? [legacy] : []), ...(issuers.includes(issuer) ? [bound] : [])]
}

async function verify(token: string, keys: KeyRing, kindsOf: (issuer: string) => readonly Kind[]): Promise<Outcome> {
  const jws = parseJws(token)
  const issuer = jws && unverifiedIssuer(jws.payload)
  const kinds = issuer === undefined ? [] : kindsOf(issuer)
  if (!jws || kinds.length === 0) return { result: 'foreign' }
  const verified = await verifyJws(jws, keys)
  if (!verified.ok) {
    const reason =
      verified.reason === 'no-key'
        ? 'invalid signature, no keys found'
        : 'go-jose/go-jose: error in cryptographic primitive'
    return { result: 'refused', refusal: refused(reason) }
  }
  const claims = parseClaims(jws.payload)
  if (!claims) {
    return { result: 'refused', refusal: refused('service account token claims could not be validated') }
  }
  return {
    result: 'verified',
    claims,
    readings: kinds.map(({ validator, user }) => ({ validator, user: user(claims) })),
  }
}

/** Asks the readings from the one at `next` on; the first that holds decides. */
function validate(
  verified: Verified,
  token: string,
  options: ServiceAccountTokenOptions,
  refusals: readonly Refusal[] = [],
  next = 0,
): MaybePromise<Authentication> {
  const reading = verified.readings[next]
  if (!reading) {
    const annotations = Object.assign({}, ...refusals.map((refusal) => refusal.auditAnnotations))
    return annotated(refused(aggregateReasons(refusals.map(({ reason }) => reason))), annotations)
  }
  const { validator, user } = reading
  return andThen(validityOf(validator, verified.claims, token, options), (validity) =>
    validity.ok ? { ...validity, user } : validate(verified, token, options, [...refusals, validity], next + 1),
  )
}

/** From the caches; from the store where they may be behind. */
function validityOf(
  validator: Validator,
  claims: ParsedClaims,
  token: string,
  { cached, stored }: ServiceAccountTokenOptions,
): MaybePromise<Validity> {
  const validity = validator.validate(token, claims, cached)
  if (validity.ok || !validity.cacheMayBeBehind || !stored) return validity
  return snapshotOf(validator.named(claims), stored).then((snapshot) => validator.validate(token, claims, snapshot))
}

type Refusal = Extract<Validity, { ok: false }>

/** A list as Go's `%q` prints it. */
function goList(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`
}
