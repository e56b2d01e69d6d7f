/** What a plane keeps in its folder beside the objects: certificates, keys and the administrator's kubeconfig. */
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Algorithm } from '@ensign/keypair'
import {
  ensurePki,
  kubeconfigYaml,
  makePrivateFolder,
  type PlanePki,
  readFileIfPresent,
  writePrivateFiles,
} from '@ensign/pki'
import { ensureSigningKey, type SigningKeyFiles } from './signing-key.ts'

export interface PlaneState {
  readonly pki: PlanePki
  readonly signingKey: SigningKeyFiles
  readonly adminKubeconfig: string
  /** Was this the first time? */
  readonly isNew: boolean
}

/** @throws UserError naming the file or folder that cannot be used. */
export async function prepareState(options: {
  folder: string
  algorithm: Algorithm
  /** Names and addresses under which the servers are reached, besides the usual ones. */
  altNames: readonly string[]
  /** Of the REST API, for the kubeconfig. */
  server: string
}): Promise<PlaneState> {
  const pkiFolder = join(options.folder, 'pki')
  makePrivateFolder(pkiFolder)
  const isNew = !existsSync(join(pkiFolder, 'ca.crt'))
  // The key pair is made by the thread pool while the certificates are made here.
  const making = ensureSigningKey(pkiFolder, options.algorithm)
  making.catch(() => {})
  const pki = ensurePki({ folder: pkiFolder, nowMs: Date.now(), altNames: options.altNames })
  const signingKey = await making
  const adminKubeconfig = join(options.folder, 'admin.kubeconfig')
  const content = kubeconfigYaml({
    server: options.server,
    caPem: pki.authority.certificatePem,
    clusterName: 'ensign',
    user: { name: 'kubernetes-admin', credentials: pki.clients.admin },
  })
  // Only when it changed: somebody may be watching it.
  if (readFileIfPresent(adminKubeconfig) !== content) writePrivateFiles({ [adminKubeconfig]: content })
  return { pki, signingKey, adminKubeconfig, isNew }
}

/** `https://host:port`, with an IPv6 address in brackets. */
export function httpsAddress(host: string, port: number): string {
  return `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
