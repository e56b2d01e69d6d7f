/**
 * The public key that a certificate is requested for, and the proof that who requests it has the private one. Kinds of keys
 * and their faults are those of Go's crypto/x509.
 * Source: golang/go src/crypto/x509/parser.go (parsePublicKey), x509.go (checkSignature, getSignatureAlgorithmFromAI),
 * crypto/rsa (checkKeySize, checkPublicKey)
 */
import { constants, createPublicKey, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto'
import { DerError, DerReader, inWords } from './der-reader.ts'

/** By Go's name of the kind of keys; `other` is one that no signature is verified with. */
export type RequestedKey =
  | { readonly kind: 'ECDSA' | 'Ed25519'; readonly key: KeyObject }
  /** With a weakness, why no signature of the key is worth anything. */
  | { readonly kind: 'RSA'; readonly key: KeyObject | undefined; readonly weakness?: string }
  | { readonly kind: 'other'; readonly key: undefined }

/** An algorithm and its parameters, as they stood there; none when they were left out. */
export interface AlgorithmIdentifier {
  readonly oid: string
  readonly parameters: Buffer | undefined
}

export const readAlgorithm = (reader: DerReader): AlgorithmIdentifier => {
  const members = reader.structure({ type: 'AlgorithmIdentifier' })
  return { oid: members.oid(), parameters: members.optional()?.raw }
}

const keyOids = {
  rsa: '1.2.840.113549.1.1.1',
  ec: '1.2.840.10045.2.1',
  ed25519: '1.3.101.112',
  dsa: '1.2.840.10040.4.1',
} as const
const nullDer = Buffer.of(0x05, 0x00)

/** Bytes of a coordinate, by the curve. */
const curves: Readonly<Record<string, { name: string; coordinateBytes: number }>> = {
  '1.3.132.0.33': { name: 'P224', coordinateBytes: 28 },
  '1.2.840.10045.3.1.7': { name: 'P256', coordinateBytes: 32 },
  '1.3.132.0.34': { name: 'P384', coordinateBytes: 48 },
  '1.3.132.0.35': { name: 'P521', coordinateBytes: 66 },
}
const ed25519KeyBytes = 32

/**
 * @param spki the whole SubjectPublicKeyInfo, whose parts are the algorithm and the bits
 * @throws DerError when they are no key of the algorithm
 */
export function requestedKey(spki: Buffer, { oid, parameters }: AlgorithmIdentifier, bits: Buffer): RequestedKey {
  if (oid === keyOids.rsa) {
    if (!parameters?.equals(nullDer)) throw new DerError('x509: RSA key missing NULL parameters')
    const weakness = rsaWeakness(rsaNumbers(bits))
    // OpenSSL does not read every key of which Go can say more than that.
    if (weakness !== undefined) return { kind: 'RSA', key: undefined, weakness }
    return { kind: 'RSA', key: keyOf(spki, 'x509: invalid RSA public key') }
  }
  if (oid === keyOids.ec) {
    const curve = curves[namedCurve(parameters)]
    if (!curve) throw new DerError('x509: unsupported elliptic curve')
    if (bits[0] !== 4) throw new DerError('ecdsa: invalid uncompressed public key')
    if (bits.length !== 1 + 2 * curve.coordinateBytes) throw new DerError(`invalid ${curve.name} point encoding`)
    return { kind: 'ECDSA', key: keyOf(spki, `${curve.name} point not on curve`) }
  }
  if (oid === keyOids.ed25519) {
    if (parameters) throw new DerError('x509: Ed25519 key encoded with illegal parameters')
    if (bits.length !== ed25519KeyBytes) throw new DerError('x509: wrong Ed25519 public key size')
    return { kind: 'Ed25519', key: keyOf(spki, 'x509: wrong Ed25519 public key') }
  }
  // No signature is verified with DSA, but its faults are told as elsewhere.
  if (oid === keyOids.dsa) checkDsaNumbers(parameters, bits)
  return { kind: 'other', key: undefined }
}

const namedCurve = (parameters: Buffer | undefined): string =>
  inWords('x509: invalid ECDSA parameters', () => new DerReader(parameters ?? Buffer.alloc(0)).oid())

/** PKCS #1's RSAPublicKey: two positive numbers. Go's int holds the second. */
function rsaNumbers(bits: Buffer): { modulus: Buffer; exponent: Buffer } {
  const members = inWords('x509: invalid RSA public key', () => new DerReader(bits).structure({ type: '' }))
  const modulus = inWords('x509: invalid RSA modulus', () => members.anyInteger())
  const exponent = inWords('x509: invalid RSA public exponent', () => members.anyInteger())
  if (exponent.length > 8) throw new DerError('x509: invalid RSA public exponent')
  if (!isPositive(modulus)) throw new DerError('x509: RSA modulus is not a positive number')
  if (!isPositive(exponent)) throw new DerError('x509: RSA public exponent is not a positive number')
  return { modulus, exponent }
}

/** RFC 3279 §2.3.2: y is the key; p, q and g are its parameters. */
function checkDsaNumbers(parameters: Buffer | undefined, bits: Buffer): void {
  const y = inWords('x509: invalid DSA public key', () => new DerReader(bits).anyInteger())
  const shared = inWords('x509: invalid DSA parameters', () => {
    const members = new DerReader(parameters ?? Buffer.alloc(0)).structure({ type: '' })
    return [members.anyInteger(), members.anyInteger(), members.anyInteger()]
  })
  if (![y, ...shared].every(isPositive)) throw new DerError('x509: zero or negative DSA parameter')
}

const isPositive = (integer: Buffer): boolean => (integer[0] ?? 0) < 0x80 && integer.some((byte) => byte !== 0)

const keyOf = (spki: Buffer, problem: string): KeyObject =>
  inWords(problem, () => createPublicKey({ key: spki, format: 'der', type: 'spki' }))

interface SignatureAlgorithm {
  /** Of keys. */
  readonly kind: 'RSA' | 'ECDSA' | 'Ed25519' | 'DSA'
  /** Ed25519 has none of its own. */
  readonly digest: string | null
  readonly isPss?: true
}

/** SHA-1 is taken in requests and revocation lists alone: in both it is proof of nothing but possession. */
const signatureAlgorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.5': { kind: 'RSA', digest: 'sha1' },
  '1.3.14.3.2.29': { kind: 'RSA', digest: 'sha1' },
  '1.2.840.113549.1.1.11': { kind: 'RSA', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { kind: 'RSA', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { kind: 'RSA', digest: 'sha512' },
  '1.2.840.10040.4.3': { kind: 'DSA', digest: 'sha1' },
  '2.16.840.1.101.3.4.3.2': { kind: 'DSA', digest: 'sha256' },
  '1.2.840.10045.4.1': { kind: 'ECDSA', digest: 'sha1' },
  '1.2.840.10045.4.3.2': { kind: 'ECDSA', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { kind: 'ECDSA', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { kind: 'ECDSA', digest: 'sha512' },
  '1.3.101.112': { kind: 'Ed25519', digest: null },
}
const md5WithRsa = '1.2.840.113549.1.1.4'
const rsaPss = '1.2.840.113549.1.1.10'
const mgf1 = '1.2.840.113549.1.1.8'

const unimplemented = 'x509: cannot verify signature: algorithm unimplemented'
const rsaFailed = 'crypto/rsa: verification error'

/** The types of Go's keys, which its text names. */
const goTypes = { RSA: '*rsa.PublicKey', ECDSA: '*ecdsa.PublicKey', Ed25519: 'ed25519.PublicKey' } as const
/** Bits. */
const rsaModulusBitsMin = 1024
const rsaExponentMax = 2 ** 31 - 1

/** What is wrong with the signature over the bytes; undefined when it is good. */
export function signatureFault(
  requested: RequestedKey,
  algorithm: AlgorithmIdentifier,
  bytes: Buffer,
  signature: Buffer,
): string | undefined {
  if (algorithm.oid === md5WithRsa) return 'x509: cannot verify signature: insecure algorithm MD5-RSA'
  const known = signatureAlgorithm(algorithm)
  if (!known || requested.kind === 'other') return unimplemented
  const { kind, key } = requested
  if (known.kind !== kind)
    return `x509: signature algorithm specifies an ${known.kind} public key, but have public key of type ${goTypes[kind]}`
  if (kind === 'RSA' && requested.weakness !== undefined) return requested.weakness
  if (!key) return unimplemented
  if (kind !== 'RSA') {
    return verified(known.digest, bytes, key, signature) ? undefined : `x509: ${kind} verification failure`
  }
  const padding = known.isPss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { padding: constants.RSA_PKCS1_PADDING }
  return verified(known.digest, bytes, { key, ...padding }, signature) ? undefined : rsaFailed
}

/** A key that OpenSSL does not work with, such as one of more than 16,384 bits, verifies nothing. */
function verified(
  digest: string | null,
  bytes: Buffer,
  key: KeyObject | VerifyKeyObjectInput,
  signature: Buffer,
): boolean {
  try {
    return verify(digest, bytes, key, signature)
  } catch {
    return false
  }
}

function rsaWeakness({ modulus, exponent }: { modulus: Buffer; exponent: Buffer }): string | undefined {
  const isEven = (number: Buffer): boolean => ((number.at(-1) ?? 0) & 1) === 0
  // A byte of zeros in front keeps the number positive.
  const digits = modulus[0] === 0 ? modulus.subarray(1) : modulus
  const bits = digits.length * 8 - (Math.clz32(digits[0] ?? 0) - 24)
  if (bits < rsaModulusBitsMin)
    return `crypto/rsa: ${bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`
  if (isEven(modulus)) return 'crypto/rsa: public modulus is even'
  const value = Number.parseInt(exponent.toString('hex'), 16)
  if (value < 2) return 'crypto/rsa: public exponent too small or negative'
  if (isEven(exponent)) return 'crypto/rsa: public exponent is even'
  return value > rsaExponentMax ? 'crypto/rsa: public exponent too large' : undefined
}

function signatureAlgorithm({ oid, parameters }: AlgorithmIdentifier): SignatureAlgorithm | undefined {
  // RFC 8410 §3: the parameters are absent.
  if (oid === keyOids.ed25519 && parameters) return undefined
  if (oid !== rsaPss) return Object.hasOwn(signatureAlgorithms, oid) ? signatureAlgorithms[oid] : undefined
  const digest = pssDigest(parameters)
  return digest === undefined ? undefined : { kind: 'RSA', digest, isPss: true }
}

/** Length of the salt that goes with each digest. */
const pssDigests: Readonly<Record<string, { digest: string; saltBytes: number }>> = {
  '2.16.840.1.101.3.4.2.1': { digest: 'sha256', saltBytes: 32 },
  '2.16.840.1.101.3.4.2.2': { digest: 'sha384', saltBytes: 48 },
  '2.16.840.1.101.3.4.2.3': { digest: 'sha512', saltBytes: 64 },
}

/** RFC 4055 §3.1. One digest for all, its own length of salt, and the only trailer there is. */
function pssDigest(parameters: Buffer | undefined): string | undefined {
  try {
    const members = new DerReader(parameters ?? Buffer.alloc(0)).structure({ type: 'pssParameters' })
    const hash = readAlgorithm(members.explicit(0))
    const mask = readAlgorithm(members.explicit(1))
    const maskHash = readAlgorithm(new DerReader(mask.parameters ?? Buffer.alloc(0)))
    const salt = members.explicit(2).integer()
    const trailer = members.isAtEnd ? 1 : Number(members.explicit(3).integer()[0])
    const known = pssDigests[hash.oid]
    const isPlain = [hash, maskHash].every(({ parameters: own }) => !own || own.equals(nullDer))
    if (!known || !isPlain || mask.oid !== mgf1 || maskHash.oid !== hash.oid || trailer !== 1) return undefined
    return salt.length === 1 && salt[0] === known.saltBytes ? known.digest : undefined
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
