/** The public side: keys in, documents out. */
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { errorMessage, type Logger, listenError, UserError, watchFiles } from '@ensign/process'
import type { ServingCertificate } from '@ensign/transport'
import { type Documents, renderDocuments } from './documents.ts'
import { cachedKeySource } from './key-cache.ts'
import type { KeySource, Publication } from './key-source.ts'
import { type Listener, listen } from './listener.ts'
import type { Options } from './options.ts'
import { respond } from './respond.ts'

export interface OidcDiscovery {
  readonly address: AddressInfo
  /** Stops listening and lets requests end for a moment. */
  close(): Promise<void>
}

/**
 * Listens, whether or not the source has keys yet. Closes the source at the end.
 * @throws UserError when the port or a file cannot be used.
 */
export async function publish(options: Options, log: Logger, source: KeySource): Promise<OidcDiscovery> {
  const cacheFile = options['key-cache-file']
  const keys = cacheFile === undefined ? source : cachedKeySource(source, cacheFile, log)
  const settings = {
    issuer: options.issuer,
    jwksUri: options['jwks-uri'],
    cacheMaxAgeMs: options['cache-max-age'],
  }

  let documents = renderDocuments(keys.current(), settings)
  keys.subscribe(() => {
    documents = renderDocuments(keys.current(), settings)
    report(documents, keys.current(), log)
  })

  const files = certificateFiles(options)
  const listener = await open(options, files && readCertificate(files), (request) =>
    respond(request, { documents, staleBecause: keys.problem() }),
  )
  const stopping = new AbortController()
  if (files) await followCertificate(listener, files, stopping.signal, log)
  return {
    address: listener.address,
    async close() {
      stopping.abort()
      keys.close()
      await listener.close()
    },
  }
}

function report(documents: Documents, publication: Publication | undefined, log: Logger): void {
  if (!documents.ok) return log.warn('Nothing to publish', { problem: documents.problem })
  const { issuer } = documents
  log.info('Publishing keys', { issuer, keys: publication?.keys.map(({ kid }) => kid) })
  if (!publication?.issuers.includes(issuer)) {
    log.warn('The apiserver makes no tokens of this issuer', { issuer, issuers: publication?.issuers })
  }
}

interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

function certificateFiles(options: Options): CertificateFiles | undefined {
  if (options['plain-http']) return undefined
  const { 'tls-cert-file': cert, 'tls-private-key-file': key } = options
  if (cert !== undefined && key !== undefined) return { cert, key }
  throw new UserError('--tls-cert-file and --tls-private-key-file are required', {
    hint: 'or --plain-http behind a proxy that ends TLS',
    exitCode: 2,
  })
}

function readCertificate(files: CertificateFiles): ServingCertificate {
  return { certificate: readPem(files.cert), privateKey: readPem(files.key) }
}

/** @throws UserError */
export function readPem(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${errorMessage(error)}`, { cause: error })
  }
}

async function open(
  options: Options,
  certificate: ServingCertificate | undefined,
  answer: Parameters<typeof listen>[0]['respond'],
): Promise<Listener> {
  const { 'bind-address': host, 'secure-port': port } = options
  try {
    return await listen({ host, port, certificate, respond: answer })
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_OSSL')) {
      const files = `${options['tls-cert-file']} and ${options['tls-private-key-file']}`
      throw new UserError(`${files} are no certificate with its private key`, { cause: error })
    }
    throw listenError(error, { host, port, flag: 'secure-port' })
  }
}

async function followCertificate(
  listener: Listener,
  files: CertificateFiles,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  await watchFiles({
    paths: [files.cert, files.key],
    signal,
    onChange: ([cert, key]) => {
      if (!cert || !key) return
      listener.setCertificate({ certificate: cert, privateKey: key })
      log.info('Showing another certificate', { file: files.cert })
    },
    onError: (error) => log.warn('Keeping the certificate', { file: files.cert, error: errorMessage(error) }),
  })
}
