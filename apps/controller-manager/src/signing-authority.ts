import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { CertificatePair } from '@ensign/pki'
import { errorMessage, type Logger, UserError, watchFiles } from '@ensign/process'
import { readPem } from './signing-key.ts'

/**
 * The authority that the two files hold at the moment. Replaced files that do not fit leave the old one in use.
 *
 * @throws UserError when they cannot be used now.
 */
export function authorityFromFiles(
  files: { readonly certificate: string; readonly key: string },
  signal: AbortSignal,
  log: Logger,
): () => CertificatePair {
  let authority = checked(readPem(files.certificate), readPem(files.key))
  void watchFiles({
    paths: [files.certificate, files.key],
    signal,
    onChange([certificate, key]) {
      if (certificate && key) authority = checked(certificate, key)
      log.info('Took over a new signing authority')
    },
    onError: (error) =>
      log.error('Cannot read the signing authority, keeping the old one', { error: errorMessage(error) }),
  })
  return () => authority
}

function checked(certificate: Buffer, key: Buffer): CertificatePair {
  try {
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
      throw new Error('certificate and key do not belong together')
  } catch (error) {
    throw new UserError(`the signing authority cannot be used: ${errorMessage(error)}`, {
      hint: 'give --cluster-signing-cert-file and --cluster-signing-key-file one certificate and its key as PEM',
      cause: error,
    })
  }
  return { certificatePem: certificate.toString(), privateKeyPem: key.toString() }
}
