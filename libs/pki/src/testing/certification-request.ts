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
}

export function certificationRequest(asked: Asked): { pem: string; privateKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const info = der.sequence(
    der.integer(Buffer.of(0)),
    nameOf(asked),
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(0, ...(asked.dns?.length ? [extensionRequest(asked.dns)] : [])),
  )
  const signature = sign('sha256', asked.spoiled ? Buffer.from('else') : info, privateKey)
  const request = der.sequence(info, der.sequence(der.oid('1.2.840.10045.4.3.2')), der.bitString(signature))
  return { pem: pem('CERTIFICATE REQUEST', request), privateKey }
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
