import { generateKeyPair as generate } from 'node:crypto'
import { promisify } from 'node:util'
import type { Algorithm } from './algorithm.ts'
import { rsaBitsMin } from './limits.ts'

const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const
const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const

/** A new key pair as PEM (PKCS#8 and SubjectPublicKeyInfo), made in the thread pool. */
export async function generateKeyPair(algorithm: Algorithm): Promise<{ privatePem: string; publicPem: string }> {
  const { privateKey, publicKey } =
    algorithm === 'RS256'
      ? await promisify(generate)('rsa', { modulusLength: rsaBitsMin, publicKeyEncoding, privateKeyEncoding })
      : await promisify(generate)('ec', { namedCurve: curves[algorithm], publicKeyEncoding, privateKeyEncoding })
  return { privatePem: privateKey, publicPem: publicKey }
}
