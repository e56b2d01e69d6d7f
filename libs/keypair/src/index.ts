export { type Algorithm, algorithms } from './algorithm.ts'
export { type JsonValue, sortedJson } from './canonical-json.ts'
export {
  discoveryContentType,
  discoveryJson,
  discoveryPath,
  issuerProblem,
  jwksContentType,
  jwksPath,
} from './discovery-document.ts'
export { generateKeyPair } from './generate.ts'
export { type Jwk, jwkOf, jwksJson, parseJwks, publishedKeys } from './jwks.ts'
export { type ParsedJws, parseJsonObject, parseJws } from './jws.ts'
export { KeyError } from './key-error.ts'
export { createKeyRing, type KeyRing } from './key-ring.ts'
export { keyIdLengthMax, tokenLengthMax } from './limits.ts'
export { type PrivateKey, parsePrivateKey, parsePublicKeys } from './pem.ts'
export { keyId, type PublicKey, publicKeyFrom, publicKeyFromDer } from './public-key.ts'
export { type Claims, createSigner, type Signer } from './signer.ts'
export { type Verified, verifyJws } from './verify.ts'
