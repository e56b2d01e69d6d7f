import { join } from 'node:path'
import { type Algorithm, generateKeyPair, type PrivateKey, parsePrivateKey, parsePublicKeys } from '@ensign/keypair'
import { readFileIfPresent, writePrivateFiles } from '@ensign/pki'
import { errorMessage, UserError } from '@ensign/process'

/** Under kubeadm's names. */
export interface SigningKeyFiles {
  readonly privateKeyFile: string
  /** Verification keys; older ones may be added to it. */
  readonly publicKeyFile: string
}

/**
 * Reads or makes the key pair of ServiceAccount tokens. The algorithm counts only for a key that is made.
 * @throws UserError naming the file that cannot be used.
 */
export async function ensureSigningKey(folder: string, algorithm: Algorithm): Promise<SigningKeyFiles> {
  const files = { privateKeyFile: join(folder, 'sa.key'), publicKeyFile: join(folder, 'sa.pub') }
  const existing = readFileIfPresent(files.privateKeyFile)
  if (existing === undefined) {
    const { privatePem, publicPem } = await generateKeyPair(algorithm)
    const older = readFileIfPresent(files.publicKeyFile) ?? ''
    writePrivateFiles({ [files.privateKeyFile]: privatePem, [files.publicKeyFile]: publicPem + older })
    return files
  }
  const key = usable(files.privateKeyFile, () => parsePrivateKey(existing))
  const verifying = readFileIfPresent(files.publicKeyFile)
  if (verifying === undefined) {
    writePrivateFiles({ [files.publicKeyFile]: publicPemOf(key) })
    return files
  }
  const known = usable(files.publicKeyFile, () => parsePublicKeys(verifying))
  if (!known.some(({ kid }) => kid === key.kid)) {
    throw new UserError(`${files.publicKeyFile} does not have the public half of ${files.privateKeyFile}`, {
      hint: 'add it, or move sa.pub away to have it made',
    })
  }
  return files
}

function publicPemOf({ publicKey }: PrivateKey): string {
  return publicKey.key.export({ type: 'spki', format: 'pem' }).toString()
}

function usable<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UserError(`cannot use ${file}: ${errorMessage(error)}`, {
      hint: 'put the right file back; without it, the tokens it signed are no longer valid',
      cause: error,
    })
  }
}
