import { type Logger, warnOfExposedKeys } from '@ensign/process'
import type { Options } from './options.ts'
import { type OidcDiscovery, publish, readPem } from './publish.ts'
import { rpcKeySource } from './rpc-key-source.ts'

/**
 * The public discovery service with the keys of an apiserver.
 * @throws UserError when the port or a file cannot be used.
 */
export async function compose(options: Options, log: Logger): Promise<OidcDiscovery> {
  warnOfExposedKeys(
    { 'client-key': options['client-key'], 'tls-private-key-file': options['tls-private-key-file'] },
    log,
  )
  const tls = {
    authorityPem: readPem(options['certificate-authority']).toString(),
    certificatePem: readPem(options['client-certificate']).toString(),
    privateKeyPem: readPem(options['client-key']).toString(),
  }
  const keys = rpcKeySource({ address: options.apiserver, tls }, log)
  try {
    return await publish(options, log, keys)
  } catch (error) {
    keys.close()
    throw error
  }
}
