/** Which files hold the serving certificate and its key; made where none is named and there is a folder for them. */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createAuthority, issueCertificate, makePrivateFolder, readFileIfPresent, writePrivateFiles } from '@ensign/pki'
import { UserError } from '@ensign/process'
import type { ApiserverOptions } from './options.ts'

export interface ServingFiles {
  readonly certificateFile: string
  readonly privateKeyFile: string
}

type Named = Pick<ApiserverOptions, 'tls-cert-file' | 'tls-private-key-file' | 'cert-dir' | 'bind-address'>

const validMs = 365 * 24 * 60 * 60_000

/**
 * The named files, else `apiserver.crt` and `apiserver.key` in --cert-dir, which are made when they are missing.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/server/options/serving.go, MaybeDefaultWithSelfSignedCerts
 * @throws UserError
 */
export function servingFiles(
  options: Named & Pick<ApiserverOptions, 'external-hostname'>,
  nowMs: number,
): ServingFiles {
  const { 'tls-cert-file': certificateFile, 'tls-private-key-file': privateKeyFile, 'cert-dir': folder } = options
  if (certificateFile !== undefined && privateKeyFile !== undefined) return { certificateFile, privateKeyFile }
  for (const name of ['tls-cert-file', 'tls-private-key-file'] as const) {
    if (options[name] !== undefined || (certificateFile === undefined && privateKeyFile === undefined && folder))
      continue
    const hint = 'name both files, or a folder where they are made: --cert-dir'
    throw new UserError(`--${name} is required`, { hint, exitCode: 2 })
  }
  const made = {
    certificateFile: join(folder ?? '', 'apiserver.crt'),
    privateKeyFile: join(folder ?? '', 'apiserver.key'),
  }
  if (isThere(made.certificateFile) && isThere(made.privateKeyFile)) return made
  makePrivateFolder(folder ?? '')
  const authority = createAuthority({ name: { commonName: 'apiserver-ca' }, nowMs, validMs })
  const names = ['localhost', '127.0.0.1', '::1', hostname(), options['external-hostname'], options['bind-address']]
  const altNames = [...new Set(names.filter((name) => name !== '0.0.0.0' && name !== '::'))]
  const leaf = issueCertificate(authority, {
    name: { commonName: 'apiserver' },
    usages: ['server'],
    altNames,
    nowMs,
    validMs,
  })
  writePrivateFiles({
    [made.privateKeyFile]: leaf.privateKeyPem,
    // With the authority behind it: there is no other way to learn of one whose key is thrown away.
    [made.certificateFile]: leaf.certificatePem + authority.certificatePem,
  })
  return made
}

const isThere = (file: string): boolean => readFileIfPresent(file) !== undefined
