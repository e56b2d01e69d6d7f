/**
 * Keys from PEM (RFC 7468), in every form that openssl writes them: PKCS#1, PKCS#8, SEC 1, SubjectPublicKeyInfo and
 * certificates, several in one file, with parameters and other blocks between them.
 * Source for what is accepted and for the texts: k8s.io/client-go util/keyutil/key.go.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { type Algorithm, algorithmOf } from './algorithm.ts'
import { KeyError } from './key-error.ts'
import { pemBlocksMax } from './limits.ts'
import { type PublicKey, publicKeyFrom } from './public-key.ts'

export interface PrivateKey {
  readonly kid: string
  readonly algorithm: Algorithm
  readonly key: KeyObject
  readonly publicKey: PublicKey
}

const privateLabels: readonly string[] = ['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'PRIVATE KEY']
const publicLabels: readonly string[] = ['RSA PUBLIC KEY', 'PUBLIC KEY', 'CERTIFICATE', 'X509 CERTIFICATE']

/** The first private key of the text. @throws KeyError */
export function parsePrivateKey(pem: string | Buffer): PrivateKey {
  for (const block of blocksOf(pem)) {
    refuseEncrypted(block)
    if (!privateLabels.includes(block.label)) continue
    const key = read(block, createPrivateKey)
    const algorithm = algorithmOf(key)
    const publicKey = publicKeyFrom(createPublicKey(key))
    return { kid: publicKey.kid, algorithm, key, publicKey }
  }
  throw new KeyError('no-key', 'data does not contain a valid RSA or ECDSA private key')
}

/**
 * All keys of the text that can verify, in order, each once; of a private key the public half.
 * Keys of other types (Ed25519 certificates in a bundle, say) are passed over as long as one is usable.
 * @throws KeyError
 */
export function parsePublicKeys(pem: string | Buffer): PublicKey[] {
  const found = new Map<string, PublicKey>()
  let refusal: KeyError | undefined
  for (const block of blocksOf(pem)) {
    refuseEncrypted(block)
    if (!privateLabels.includes(block.label) && !publicLabels.includes(block.label)) continue
    try {
      const publicKey = publicKeyFrom(read(block, createPublicKey))
      found.set(publicKey.kid, publicKey)
    } catch (error) {
      if (!(error instanceof KeyError) || error.code === 'unreadable') throw error
      refusal ??= error
    }
  }
  if (found.size > 0) return [...found.values()]
  const text = 'data does not contain any valid RSA or ECDSA public keys'
  if (refusal) throw new KeyError(refusal.code, `${text}: ${refusal.message}`)
  throw new KeyError('no-key', text)
}

interface Block {
  readonly label: string
  readonly pem: string
  /** Position in the file, from 1, for error texts. */
  readonly position: number
}

function blocksOf(pem: string | Buffer): Block[] {
  const blocks: Block[] = []
  for (const match of String(pem).matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)) {
    if (blocks.length >= pemBlocksMax) throw new KeyError('unreadable', `more than ${pemBlocksMax} PEM blocks`)
    blocks.push({ label: match[1] ?? '', pem: match[0], position: blocks.length + 1 })
  }
  return blocks
}

function refuseEncrypted({ label, pem, position }: Block): void {
  if (label !== 'ENCRYPTED PRIVATE KEY' && !/^Proc-Type: *4,ENCRYPTED/m.test(pem)) return
  throw new KeyError('encrypted', `PEM block ${position} (${label}) is encrypted; decrypt it with "openssl pkey"`)
}

function read({ label, pem, position }: Block, create: (pem: string) => KeyObject): KeyObject {
  try {
    // OpenSSL's historical name of a certificate block is not known to Node.
    return create(pem.replaceAll('X509 CERTIFICATE', 'CERTIFICATE'))
  } catch (cause) {
    throw new KeyError('unreadable', `PEM block ${position} (${label}) is damaged or of an unknown kind`, cause)
  }
}
