import { createPublicKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { jwkOf } from './jwks.ts'
import { parseJws } from './jws.ts'
import { createKeyRing } from './key-ring.ts'
import { type PublicKey, publicKeyFrom } from './public-key.ts'
import { rfc7515EcJwk, rfc7520EcJwk, rfc7520RsaJwk } from './testing/index.ts'
import { verifyJws } from './verify.ts'

const rfc7515RsaJwk = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
}
const joe = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const a2 = `eyJhbGciOiJSUzI1NiJ9.${joe}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`
const a3 = `eyJhbGciOiJFUzI1NiJ9.${joe}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`
const frodo =
  'SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4'
const cookbook41 = `eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.${frodo}.MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg`
const cookbook43 = `eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.${frodo}.AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2`

/** The public half of a JWK. */
function keyOf(jwk: Record<string, string>, kid?: string): PublicKey {
  const { kty, n, e, crv, x, y } = jwk
  const key = createPublicKey({ key: { kty, n, e, crv, x, y }, format: 'jwk' })
  return publicKeyFrom(key, kid === undefined ? {} : { kid })
}

async function check(token: string, key: PublicKey): Promise<boolean> {
  const jws = parseJws(token)
  if (!jws) throw new Error('not a JWS')
  return (await verifyJws(jws, createKeyRing([key]))).ok
}

describe('tokens of the RFCs verify, and not with a changed signature', () => {
  const bilbo = 'bilbo.baggins@hobbiton.example'
  test.each([
    ['RFC 7515 A.2 (RS256)', a2, keyOf(rfc7515RsaJwk)],
    ['RFC 7515 A.3 (ES256)', a3, keyOf(rfc7515EcJwk)],
    ['RFC 7520 4.1 (RS256)', cookbook41, keyOf(rfc7520RsaJwk, bilbo)],
    ['RFC 7520 4.3 (ES512)', cookbook43, keyOf(rfc7520EcJwk, bilbo)],
  ])('%s', async (_, token, key) => {
    expect(await check(token, key)).toBe(true)
    const start = token.lastIndexOf('.') + 1
    const other = token[start + 5] === 'A' ? 'B' : 'A'
    expect(await check(token.slice(0, start + 5) + other + token.slice(start + 6), key)).toBe(false)
  })
})

describe('key ids are those that kube-apiserver derives', () => {
  test.each([
    ['RFC 7515 A.2', rfc7515RsaJwk, 'b9E8JDWjYefFiM0X9V9a098Bd6ZsFyemogCEX016uIw'],
    ['RFC 7515 A.3', rfc7515EcJwk, 'K9G7DESol8MKeqCZHN442AYv5EHeUNoPRoJTRPYC6Cc'],
  ])('%s', (_, jwk, kid) => {
    expect(keyOf(jwk).kid).toBe(kid)
  })
})

test('the public keys of RFC 7517 appendix A.1 come out as they went in', () => {
  const ec = {
    kty: 'EC',
    crv: 'P-256',
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  }
  const rsa = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
  }
  expect(jwkOf(keyOf(ec, '1'))).toEqual({ ...ec, use: 'sig', alg: 'ES256', kid: '1' })
  expect(jwkOf(keyOf(rsa, '2011-04-29'))).toEqual({ ...rsa, use: 'sig', alg: 'RS256', kid: '2011-04-29' })
})
