import { type Claims, createKeyRing, createSigner } from '@ensign/keypair'
import { testKey } from '@ensign/keypair/testing'
import { createMetrics } from '@ensign/process'
import { manualClock } from '@ensign/process/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Opinion } from '../authentication.ts'
import { tokenMetrics } from '../metrics.ts'
import { type Binding, boundClaims, legacyClaims } from './claims.ts'
import type { LegacyTokenUse } from './legacy.ts'
import { type ServiceAccountTokenOptions, serviceAccountTokenAuthenticator } from './token-authenticator.ts'
import type { StoredTokenObjects, TokenObjects, TokenSecret, TokenServiceAccount } from './token-objects.ts'

const issuer = 'https://id.example'
const signer = createSigner(testKey('ES256'))
const clock = manualClock()
const start = clock.now()
const startSeconds = start / 1000
const timestamp = (ms: number) => new Date(ms).toISOString()

/** The objects of one namespace; tests put in what they need. */
interface World {
  accounts: Map<string, TokenServiceAccount>
  secrets: Map<string, TokenSecret>
  pods: Map<string, TokenSecret>
  nodes: Map<string, TokenSecret>
}
let world: World
let exposition: () => string
let uses: LegacyTokenUse[]

beforeEach(() => {
  clock.set(start)
  const object = (uid: string) => ({ metadata: { uid } })
  world = {
    accounts: new Map([['sa', object('sa-uid')]]),
    secrets: new Map([['secret', object('secret-uid')]]),
    pods: new Map([['pod', object('pod-uid')]]),
    nodes: new Map([['node', object('node-uid')]]),
  }
  uses = []
})

const objectsOf = (from: () => World): TokenObjects => ({
  serviceAccount: (_, name) => from().accounts.get(name),
  secret: (_, name) => from().secrets.get(name),
  pod: (_, name) => from().pods.get(name),
  node: (name) => from().nodes.get(name),
})

function authenticator(options: Partial<ServiceAccountTokenOptions> = {}) {
  const registry = createMetrics()
  exposition = () => registry.expose()
  return serviceAccountTokenAuthenticator({
    keys: createKeyRing([signer.publicKey]),
    issuers: [issuer, 'https://old.example'],
    apiAudiences: ['api', issuer],
    lookup: true,
    cached: objectsOf(() => world),
    clock,
    metrics: tokenMetrics(registry),
    onLegacyTokenUse: (use) => uses.push(use),
    ...options,
  })
}

const claimsOf = (options: { binding?: Binding; audiences?: string[]; warnAfterSeconds?: number } = {}): Claims =>
  boundClaims({
    issuer,
    audiences: options.audiences ?? ['api'],
    namespace: 'ns',
    serviceAccount: { name: 'sa', uid: 'sa-uid' },
    nowSeconds: startSeconds,
    lifetime: {
      expirationSeconds: 3600,
      validSeconds: 3600,
      ...(options.warnAfterSeconds && { warnAfterSeconds: options.warnAfterSeconds }),
    },
    jti: 'token-id',
    ...(options.binding && { binding: options.binding }),
  })
const reasonOf = (opinion: Opinion) => (opinion && !opinion.ok ? opinion.reason : opinion)
const check = async (claims: Claims, audiences?: string[]) =>
  authenticator().authenticate(await signer.sign(claims), audiences)

describe('a bound token', () => {
  test('speaks for its account, and says which token it is and where it runs', async () => {
    const binding = { pod: { name: 'pod', uid: 'pod-uid' }, node: { name: 'node', uid: 'node-uid' } }
    expect(await check(claimsOf({ binding }))).toEqual({
      ok: true,
      user: {
        username: 'system:serviceaccount:ns:sa',
        uid: 'sa-uid',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': ['JTI=token-id'],
          'authentication.kubernetes.io/node-name': ['node'],
          'authentication.kubernetes.io/node-uid': ['node-uid'],
          'authentication.kubernetes.io/pod-name': ['pod'],
          'authentication.kubernetes.io/pod-uid': ['pod-uid'],
        },
      },
      audiences: ['api'],
    })
  })

  test('is valid a minute beyond its times', async () => {
    const tokens = authenticator()
    const token = await signer.sign(claimsOf())
    const at = async (ms: number) => {
      clock.set(ms)
      const opinion = await tokens.authenticate(token)
      return opinion?.ok || reasonOf(opinion)
    }
    expect(await at(start - 60_000)).toBe(true)
    expect(await at(start - 60_001)).toBe('service account token is not valid yet')
    expect(await at(start + 3_660_000)).toBe(true)
    expect(await at(start + 3_660_001)).toBe('service account token has expired')
    const { nbf: _, ...withoutStart } = claimsOf()
    clock.set(start - 60_001)
    expect(reasonOf(await check(withoutStart))).toBe('service account token is issued in the future')
    const { exp: _end, iat: _made, ...timeless } = withoutStart
    expect(await check(timeless)).toMatchObject({ ok: true })
  })

  test.each<[string, (world: World) => void, string]>([
    ['is gone', (w) => w.accounts.clear(), 'serviceaccounts "sa" not found'],
    [
      'was made anew, even when that one is being deleted',
      (w) => w.accounts.set('sa', { metadata: { uid: 'other', deletionTimestamp: timestamp(0) } }),
      'service account UID (other) does not match claim (sa-uid)',
    ],
    [
      'was deleted over a minute ago',
      (w) => w.accounts.set('sa', { metadata: { uid: 'sa-uid', deletionTimestamp: timestamp(start - 60_001) } }),
      'service account ns/sa has been deleted',
    ],
  ])('dies when its account %s', async (_, change, reason) => {
    change(world)
    expect(reasonOf(await check(claimsOf()))).toBe(reason)
  })

  test('lives while its account was deleted within the minute', async () => {
    world.accounts.set('sa', { metadata: { uid: 'sa-uid', deletionTimestamp: timestamp(start - 60_000) } })
    expect(await check(claimsOf())).toMatchObject({ ok: true })
  })

  describe.each([
    ['secret', 'secrets'],
    ['pod', 'pods'],
    ['node', 'nodes'],
  ] as const)('bound to a %s', (kind, collection) => {
    const uid = `${kind}-uid`
    const claims = () => claimsOf({ binding: { [kind]: { name: kind, uid } } as unknown as Binding })

    test('lives and dies with it', async () => {
      const tokens = authenticator()
      const token = await signer.sign(claims())
      expect(await tokens.authenticate(token)).toMatchObject({ ok: true })
      world[collection].set(kind, { metadata: { uid: 'other' } })
      expect(reasonOf(await tokens.authenticate(token))).toBe(
        `${kind} UID (other) does not match service account ${kind} ref claim (${uid})`,
      )
      world[collection].set(kind, { metadata: { uid, deletionTimestamp: timestamp(start - 60_001) } })
      expect(reasonOf(await tokens.authenticate(token))).toBe('service account token has been invalidated')
      world[collection].set(kind, { metadata: { uid, deletionTimestamp: timestamp(start + 30_000) } })
      expect(await tokens.authenticate(token)).toMatchObject({ ok: true })
      world[collection].clear()
      expect(reasonOf(await tokens.authenticate(token))).toBe('service account token has been invalidated')
    })
  })

  test("of a pod does not depend on the pod's node", async () => {
    world.nodes.clear()
    const binding = { pod: { name: 'pod', uid: 'pod-uid' }, node: { name: 'node' } }
    const opinion = await check(claimsOf({ binding }))
    expect(opinion?.ok && opinion.user.extra).toEqual({
      'authentication.kubernetes.io/credential-id': ['JTI=token-id'],
      'authentication.kubernetes.io/node-name': ['node'],
      'authentication.kubernetes.io/pod-name': ['pod'],
      'authentication.kubernetes.io/pod-uid': ['pod-uid'],
    })
  })

  test('that was extended is counted, and audited when stale', async () => {
    const tokens = authenticator()
    const token = await signer.sign(claimsOf({ warnAfterSeconds: 100 }))
    expect(await tokens.authenticate(token)).not.toHaveProperty('auditAnnotations')
    expect(exposition()).toContain('serviceaccount_valid_tokens_total 1\n')
    clock.advance(103_000)
    expect(await tokens.authenticate(token)).toMatchObject({
      ok: true,
      auditAnnotations: {
        'authentication.k8s.io/stale-token': 'subject: system:serviceaccount:ns:sa, seconds after warning threshold: 3',
      },
    })
    expect(exposition()).toContain('serviceaccount_stale_tokens_total 1\n')
  })
})

describe('audiences', () => {
  test('are those of token and question, in the order of the question', async () => {
    const claims = claimsOf({ audiences: ['x', issuer, 'api'] })
    expect(await check(claims)).toMatchObject({ audiences: ['api', issuer] })
    expect(await check(claims, ['y', 'x'])).toMatchObject({ audiences: ['x'] })
  })

  test('must have something in common', async () => {
    expect(reasonOf(await check(claimsOf({ audiences: ['x', 'z'] }), ['y']))).toBe(
      'token audiences ["x" "z"] is invalid for the target audiences ["y"]',
    )
    expect(reasonOf(await check(claimsOf({ audiences: ['x'] })))).toBe(
      `token audiences ["x"] is invalid for the target audiences ["api" "${issuer}"]`,
    )
  })

  test('are those of the API server for a token that names none', async () => {
    const { aud: _, ...claims } = claimsOf()
    const auditAnnotations = { 'authentication.k8s.io/legacy-token': 'system:serviceaccount:ns:sa' }
    expect(await check(claims)).toMatchObject({ ok: true, audiences: ['api', issuer], auditAnnotations })
    expect(exposition()).toContain('serviceaccount_legacy_tokens_total 1\n')
    expect(await check(claims, ['y'])).toMatchObject({ ok: false, auditAnnotations })
  })

  test('may be one text instead of a list', async () => {
    expect(await check({ ...claimsOf(), aud: 'api' })).toMatchObject({ audiences: ['api'] })
  })
})

describe('whose token it is', () => {
  test('is decided by the issuer: any of ours, no other', async () => {
    expect(await check({ ...claimsOf(), iss: 'https://old.example' })).toMatchObject({ ok: true })
    expect(await check({ ...claimsOf(), iss: 'https://elsewhere.example' })).toBeUndefined()
    expect(await check({ ...claimsOf(), iss: undefined })).toBeUndefined()
    expect(await authenticator().authenticate('no-token')).toBeUndefined()
    expect(await authenticator().authenticate('{"payload":""}')).toBeUndefined()
  })

  test('does not make up for a signature', async () => {
    const [header, payload, signature = ''] = (await signer.sign(claimsOf())).split('.')
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    expect(reasonOf(await authenticator().authenticate(forged))).toBe(
      'go-jose/go-jose: error in cryptographic primitive',
    )
    const stranger = await createSigner(testKey('RS256')).sign(claimsOf())
    expect(reasonOf(await authenticator().authenticate(stranger))).toBe('invalid signature, no keys found')
  })

  test('claims of the wrong type are refused', async () => {
    for (const wrong of [{ exp: 'never' }, { aud: [1] }, { 'kubernetes.io': 'x' }, { sub: 1 }]) {
      expect(reasonOf(await check({ ...claimsOf(), ...wrong }))).toBe(
        'service account token claims could not be validated',
      )
    }
  })
})

test('a key that leaves the ring takes its tokens with it', async () => {
  const keys = createKeyRing([signer.publicKey])
  const tokens = authenticator({ keys })
  const token = await signer.sign(claimsOf())
  expect(await tokens.authenticate(token)).toMatchObject({ ok: true })
  keys.replace([testKey('RS256').publicKey])
  expect(reasonOf(await tokens.authenticate(token))).toBe('invalid signature, no keys found')
})

describe('when the cache is behind the store', () => {
  const stored: StoredTokenObjects = {
    serviceAccount: async (_, name) => world.accounts.get(name),
    secret: async (_, name) => world.secrets.get(name),
    pod: async (_, name) => world.pods.get(name),
    node: async (name) => world.nodes.get(name),
  }
  const empty: World = { accounts: new Map(), secrets: new Map(), pods: new Map(), nodes: new Map() }
  const older = { ...empty, accounts: new Map([['sa', { metadata: { uid: 'older' } }]]) }

  test.each([
    ['lacks an object', empty],
    ['has its predecessor', older],
  ])('and %s, the store decides', async (_, cache) => {
    const tokens = authenticator({ cached: objectsOf(() => cache), stored })
    const token = await signer.sign(claimsOf({ binding: { pod: { name: 'pod', uid: 'pod-uid' } } }))
    expect(await tokens.authenticate(token)).toMatchObject({ ok: true })
    world.pods.clear()
    expect(reasonOf(await tokens.authenticate(token))).toBe('service account token has been invalidated')
  })

  test('and the store cannot answer, its reason is the reason', async () => {
    const serviceAccount = async () => {
      throw new Error('store is unreachable')
    }
    const tokens = authenticator({ cached: objectsOf(() => empty), stored: { ...stored, serviceAccount } })
    expect(reasonOf(await tokens.authenticate(await signer.sign(claimsOf())))).toBe('store is unreachable')
  })
})

describe('a token in a Secret', () => {
  const serviceAccount = { name: 'sa', uid: 'sa-uid' }
  const claims = legacyClaims({ namespace: 'ns', serviceAccount, secret: 'secret' })
  let token: string
  const secretWith = (metadata: TokenSecret['metadata'], held = token): TokenSecret => ({
    metadata: { uid: 'secret-uid', ...metadata },
    data: { token: Buffer.from(held).toString('base64') },
  })
  beforeEach(async () => {
    token = await signer.sign(claims)
    world.secrets.set('secret', secretWith({}))
  })
  const authenticate = () => authenticator().authenticate(token)

  test('speaks for its account and nothing more, and its use is noted', async () => {
    expect(await authenticate()).toEqual({
      ok: true,
      user: {
        username: 'system:serviceaccount:ns:sa',
        uid: 'sa-uid',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
      },
      audiences: ['api', issuer],
      auditAnnotations: {
        'authentication.k8s.io/legacy-token': 'system:serviceaccount:ns:sa',
        'authentication.k8s.io/legacy-token-manual-secret': 'secret',
      },
    })
    expect(uses).toEqual([{ namespace: 'ns', secret: 'secret', uid: 'secret-uid', day: '2026-01-01' }])
  })

  test.each(['2026-01-01', '2026-01-02'])('that was used on %s needs no note', async (day) => {
    world.secrets.set('secret', secretWith({ labels: { 'kubernetes.io/legacy-token-last-used': day } }))
    expect(await authenticate()).toMatchObject({ ok: true })
    expect(uses).toEqual([])
  })

  test('that was made automatically warns', async () => {
    world.accounts.set('sa', { metadata: { uid: 'sa-uid' }, secrets: [{ name: 'secret' }] })
    expect(await authenticate()).toMatchObject({
      ok: true,
      warnings: [
        'Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.',
      ],
      auditAnnotations: { 'authentication.k8s.io/legacy-token-autogenerated-secret': 'secret' },
    })
  })

  test('that is marked invalid is refused, and noted', async () => {
    world.secrets.set('secret', secretWith({ labels: { 'kubernetes.io/legacy-token-invalid-since': '2025-12-01' } }))
    expect(await authenticate()).toEqual({
      ok: false,
      reason:
        "the token in secret ns/secret for service account ns/sa has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret to temporarily allow use of this token",
      auditAnnotations: {
        'authentication.k8s.io/legacy-token': 'system:serviceaccount:ns:sa',
        'authentication.k8s.io/legacy-token-invalidated': 'secret/ns',
      },
    })
    expect(uses).toHaveLength(1)
  })

  test.each<[string, () => void, string]>([
    ['its Secret is gone', () => world.secrets.clear(), 'Token has been invalidated'],
    [
      'its Secret is being deleted',
      () => world.secrets.set('secret', secretWith({ deletionTimestamp: timestamp(start + 99_999) })),
      'Token has been invalidated',
    ],
    [
      'its Secret has another token',
      () => world.secrets.set('secret', secretWith({}, `${token}x`)),
      "Token does not match server's copy",
    ],
    ['its account is gone', () => world.accounts.clear(), 'serviceaccounts "sa" not found'],
    [
      'its account is being deleted',
      () => world.accounts.set('sa', { metadata: { uid: 'sa-uid', deletionTimestamp: timestamp(start + 99_999) } }),
      'ServiceAccount ns/sa has been deleted',
    ],
    [
      'its account was made anew',
      () => world.accounts.set('sa', { metadata: { uid: 'other' } }),
      'ServiceAccount UID (other) does not match claim (sa-uid)',
    ],
  ])('dies when %s', async (_, change, reason) => {
    change()
    expect(reasonOf(await authenticate())).toBe(reason)
  })

  test.each([
    ['sub', 'sub claim is missing'],
    ['kubernetes.io/serviceaccount/namespace', 'namespace claim is missing'],
    ['kubernetes.io/serviceaccount/secret.name', 'secretName claim is missing'],
    ['kubernetes.io/serviceaccount/service-account.name', 'serviceAccountName claim is missing'],
    ['kubernetes.io/serviceaccount/service-account.uid', 'serviceAccountUID claim is missing'],
  ])('needs its claim %s', async (claim, reason) => {
    expect(reasonOf(await check({ ...claims, [claim]: undefined }))).toBe(reason)
  })

  test('must be about one account', async () => {
    const other = { ...claims, sub: 'system:serviceaccount:ns:other' }
    expect(reasonOf(await check(other))).toBe('sub claim is invalid')
  })

  test('is good for its signature alone when lookups are off', async () => {
    world.secrets.clear()
    expect(await authenticator({ lookup: false }).authenticate(token)).toMatchObject({ ok: true })
  })
})
