/**
 * Whether a certificate is one of a client, as Go's crypto/x509 sees it. OpenSSL asks for more: it knows no
 * anyExtendedKeyUsage (RFC 5280 §4.2.1.12), and wants the key usage digitalSignature.
 * Source: golang/go src/crypto/x509/verify.go, Certificate.Verify with ExtKeyUsageClientAuth
 */
import { X509Certificate } from 'node:crypto'
import { usageOids } from './certificate.ts'
import { criticalExtensions } from './certificate-extensions.ts'

/** Those whose meaning is known here or to OpenSSL, which has looked at them. */
const knownExtensions: ReadonlySet<string> = new Set([
  '2.5.29.15', // keyUsage
  '2.5.29.17', // subjectAltName
  '2.5.29.19', // basicConstraints
  '2.5.29.30', // nameConstraints
  '2.5.29.37', // extendedKeyUsage
])

/** Those of a bundle, PEM. What is no certificate is left out. */
export function authoritiesOf(bundle: string): X509Certificate[] {
  return bundle.split(/(?=-----BEGIN )/).flatMap((block) => {
    try {
      return new X509Certificate(block)
    } catch {
      return []
    }
  })
}

/**
 * Whether one of the authorities has itself issued this certificate for a client. For what OpenSSL refused for its purpose
 * alone, and perhaps without having said all that is wrong: nothing of what it checks before is taken as checked.
 */
export function isIssuedToClient(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  nowMs: number,
): boolean {
  const isValid = ({ validFrom, validTo }: X509Certificate) =>
    Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo)
  if (!isValid(certificate) || !isForClients(certificate)) return false
  if (!hasOnlyKnown(certificate)) return false
  return authorities.some(
    (authority) =>
      authority.ca &&
      isValid(authority) &&
      isForClients(authority) &&
      certificate.checkIssued(authority) &&
      certificate.verify(authority.publicKey),
  )
}

function hasOnlyKnown({ raw }: X509Certificate): boolean {
  try {
    return criticalExtensions(raw).every((oid) => knownExtensions.has(oid))
  } catch {
    return false
  }
}

/** Without extended key usages it is for everything. */
export function isForClients({ keyUsage: usages }: X509Certificate): boolean {
  return !usages?.length || usages.includes(usageOids.client) || usages.includes(usageOids.any)
}
