/**
 * Remembers the last publication in a file, for a restart while the apiserver is away. The file is a JWK Set with two
 * members more; like the published one it holds nothing secret.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { jwkOf, parseJsonObject, parseJwks, publishedKeys } from '@ensign/keypair'
import { errorMessage, type Logger, systemErrorCode } from '@ensign/process'
import type { KeySource, Publication } from './key-source.ts'

/** The source, preceded by what the file has until the source has something. */
export function cachedKeySource(source: KeySource, file: string, log: Logger): KeySource {
  const remembered = source.current() ? undefined : read(file, log)
  const stop = source.subscribe(() => write(file, source.current(), log))
  return {
    current: () => source.current() ?? remembered,
    problem: () => source.problem(),
    subscribe: (listener) => source.subscribe(listener),
    close() {
      stop()
      source.close()
    },
  }
}

function read(file: string, log: Logger): Publication | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    const content = parseJsonObject(Buffer.from(text))
    const issuers: unknown = content?.issuers
    const jwksUri = content?.jwks_uri
    if (!Array.isArray(issuers) || !issuers.every((issuer) => typeof issuer === 'string')) {
      throw new Error('it names no issuers')
    }
    log.info('Serving remembered keys until the apiserver sends its own', { file })
    return { issuers, jwksUri: typeof jwksUri === 'string' ? jwksUri : undefined, keys: parseJwks(text) }
  } catch (error) {
    // Not there at the first start; damaged, it is as good as not there.
    if (systemErrorCode(error) !== 'ENOENT') log.warn('Ignoring the key cache', { file, error: errorMessage(error) })
    return undefined
  }
}

function write(file: string, publication: Publication | undefined, log: Logger): void {
  if (!publication) return
  const { issuers, jwksUri, keys } = publication
  const content = { issuers, jwks_uri: jwksUri, keys: publishedKeys(keys).map(jwkOf) }
  try {
    writeFileSync(`${file}.tmp`, JSON.stringify(content), { mode: 0o600 })
    renameSync(`${file}.tmp`, file)
  } catch (error) {
    log.warn('Cannot write the key cache', { file, error: errorMessage(error) })
  }
}
