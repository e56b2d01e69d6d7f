/** Makes PKCS #10 requests (RFC 2986), as a client of a signer does. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import * as der from '../der.ts'
import { attributeOids } from '../subject.ts'

export interface Asked {
  readonly commonName: string
  readonly organizations?: readonly string[]
  readonly dns?: readonly string[]
  /** A signature over something else. */
  readonly spoiled?: true
  /** P-256 and SHA-256 when absent. */
  readonly key?: RequestKey
}

/** Whose key, and how the request is signed with it. */
export interface RequestKey {
  readonly publicKey: KeyObject
  /** Of a key that cannot sign, whoever signs in its place. */
  readonly signer: KeyObject
  /** Object identifier. */
  readonly algorithm: string
  /** RSA's are NULL. */
  readonly parameters?: Buffer
  readonly digest: string | null
}

export function certificationRequest(asked: Asked): { pem: string; privateKey: KeyObject } {
  const { publicKey, signer, algorithm, parameters, digest } = asked.key ?? p256()
  const info = der.sequence(
    der.integer(Buffer.of(0)),
    nameOf(asked),
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(0, ...(asked.dns?.length ? [extensionRequest(asked.dns)] : [])),
  )
  const signature = sign(digest, asked.spoiled ? Buffer.from('else') : info, signer)
  const identifier = der.sequence(der.oid(algorithm), ...(parameters ? [parameters] : []))
  const request = der.sequence(info, identifier, der.bitString(signature))
  return { pem: pem('CERTIFICATE REQUEST', request), privateKey: signer }
}

function p256(): RequestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { publicKey, signer: privateKey, algorithm: '1.2.840.10045.4.3.2', digest: 'sha256' }
}

export const pem = (type: string, bytes: Buffer): string =>
  `-----BEGIN ${type}-----\n${bytes.toString('base64')}\n-----END ${type}-----\n`

function nameOf({ commonName, organizations = [] }: Asked): Buffer {
  const attribute = (type: string, value: string) => der.set(der.sequence(der.oid(type), der.utf8String(value)))
  return der.sequence(
    ...organizations.map((organization) => attribute(attributeOids.organization, organization)),
    attribute(attributeOids.commonName, commonName),
  )
}

function extensionRequest(dns: readonly string[]): Buffer {
  const names = der.sequence(...dns.map((name) => der.implicit(2, Buffer.from(name))))
  const extension = der.sequence(der.oid('2.5.29.17'), der.octetString(names))
  return der.sequence(der.oid('1.2.840.113549.1.9.14'), der.set(der.sequence(extension)))
}
