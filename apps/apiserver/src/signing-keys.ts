/** The keys of ServiceAccount tokens, from files that may be replaced while the server runs. */
import { readFileSync } from 'node:fs'
import { createKeyRing, createSigner, type KeyRing, parsePublicKeys, type Signer } from '@ensign/keypair'
import { errorMessage, type Logger, UserError, watchFiles } from '@ensign/process'

export interface SigningKeys {
  readonly ring: KeyRing
  /** The signer of this moment. */
  signer(): Signer
}

export function loadSigningKeys(
  files: { signing: string; verifying: readonly string[] },
  signal: AbortSignal,
  log: Logger,
): SigningKeys {
  const verifying = files.verifying.length > 0 ? files.verifying : [files.signing]
  const read = () => ({
    signer: fromFile(files.signing, 'service-account-signing-key-file', createSigner),
    keys: verifying.flatMap((file) => fromFile(file, 'service-account-key-file', parsePublicKeys)),
  })
  let current = read()
  const ring = createKeyRing(current.keys)
  void watchFiles({
    paths: [files.signing, ...verifying],
    signal,
    onChange: () => {
      current = read()
      ring.replace(current.keys)
      log.info('signing keys were replaced', { kid: current.signer.kid, keys: current.keys.length })
    },
    // A file half written, or a mistake: go on with what is known to be good.
    onError: (error) =>
      log.error('a replaced key file cannot be used, the keys before it stay in use', { error: errorMessage(error) }),
  })
  return { ring, signer: () => current.signer }
}

function fromFile<T>(file: string, flag: string, parse: (pem: Buffer) => T): T {
  let pem: Buffer
  try {
    pem = readFileSync(file)
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${errorMessage(error)}`, { hint: `check --${flag}` })
  }
  try {
    return parse(pem)
  } catch (error) {
    throw new UserError(`${file} is not a usable key: ${errorMessage(error)}`, {
      hint: `give --${flag} a PEM file with an RSA or ECDSA key`,
    })
  }
}
