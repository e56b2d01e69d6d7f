import { expect, test } from 'vitest'
import { discoveryJson, issuerProblem } from './discovery-document.ts'
import { jwksJson, parseJwks } from './jwks.ts'
import { publicKeyFrom } from './public-key.ts'
import { rfc7515EcJwk, rfc7520RsaJwk, testKey } from './testing/index.ts'

const rsa = testKey('RS256').publicKey
const ec = testKey('ES256').publicKey
const hidden = publicKeyFrom(testKey('ES512').publicKey.key, { excludeFromDiscovery: true })

test('the document has the members of Kubernetes, in its order, and the algorithms of the keys', () => {
  const options = {
    issuer: 'https://id.example',
    jwksUri: 'https://id.example/openid/v1/jwks',
    keys: [rsa, ec, rsa, hidden],
  }
  expect(discoveryJson(options)).toBe(
    '{"issuer":"https://id.example","jwks_uri":"https://id.example/openid/v1/jwks","response_types_supported":["id_token"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["ES256","RS256"]}',
  )
})

test('the key set has the members of Kubernetes, in its order, without hidden keys', () => {
  const { n, e } = rfc7520RsaJwk
  const { x, y } = rfc7515EcJwk
  expect(jwksJson([rsa, hidden, ec])).toBe(
    `{"keys":[{"use":"sig","kty":"RSA","kid":"${rsa.kid}","alg":"RS256","n":"${n}","e":"${e}"},` +
      `{"use":"sig","kty":"EC","kid":"${ec.kid}","crv":"P-256","alg":"ES256","x":"${x}","y":"${y}"}]}`,
  )
})

test('a key set is read back as it was written, without what is none of ours', () => {
  const set = JSON.parse(jwksJson([rsa, ec]))
  set.keys.splice(1, 0, { kty: 'oct', kid: 'x', k: 'AA' }, { ...set.keys[1], use: 'enc' }, { kty: 'EC' }, null)
  expect(jwksJson(parseJwks(JSON.stringify(set)))).toBe(jwksJson([rsa, ec]))
  for (const text of ['', '[]', '{}', '{"keys":{}}']) expect(() => parseJwks(text)).toThrow('not a JWK Set')
})

test.each([
  ['https://id.example/path', undefined],
  ['http://id.example', 'issuer URL must use https scheme, got: http://id.example'],
  ['https://id.example?a', 'issuer URL may not include a query, got: https://id.example?a'],
  ['https://id.example#', 'issuer URL may not include a fragment, got: https://id.example#'],
  ['kubernetes/serviceaccount', 'issuer URL cannot be parsed, got: kubernetes/serviceaccount'],
])('whether %s can be discovered', (issuer, problem) => {
  expect(issuerProblem(issuer)).toBe(problem)
})
