import { readFileSync } from 'node:fs'
import { createSigner, type Signer } from '@ensign/keypair'
import { errorMessage, type Logger, UserError, watchFiles } from '@ensign/process'

/**
 * The signer that the file holds at the moment. A replaced file that cannot be used leaves the old key in use.
 *
 * @throws UserError when the file cannot be used now.
 */
export function signerFromFile(path: string, signal: AbortSignal, log: Logger): () => Signer {
  let signer = parse(path, readPem(path))
  void watchFiles({
    paths: [path],
    signal,
    onChange([pem]) {
      if (pem) signer = parse(path, pem)
      log.info('Took over a new signing key', { kid: signer.kid })
    },
    onError: (error) => log.error('Cannot read the signing key, keeping the old one', { error: errorMessage(error) }),
  })
  return () => signer
}

function parse(path: string, pem: Buffer): Signer {
  try {
    return createSigner(pem)
  } catch (error) {
    throw new UserError(`cannot use ${path}: ${errorMessage(error)}`, {
      hint: 'give --service-account-private-key-file an RSA or ECDSA private key as PEM',
      cause: error,
    })
  }
}

/** @throws UserError */
export function readPem(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${errorMessage(error)}`, { cause: error })
  }
}
