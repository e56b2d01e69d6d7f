/**
 * The certificates of one plane, kept in one folder under kubeadm's names. Made when missing, renewed when they are
 * about to end; the authority is never replaced by itself, because kubeconfigs out there trust it.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@ensign/process'
import { type CertificatePair, createAuthority, issueCertificate, type Name, type usageOids } from './certificate.ts'
import { makePrivateFolder, readFileIfPresent, writePrivateFiles } from './private-files.ts'

const dayMs = 24 * 60 * 60_000
const authorityValidMs = 3650 * dayMs
const leafValidMs = 365 * dayMs
/** A leaf with less than this left is renewed at the next start. */
const renewBeforeMs = 30 * dayMs

/** Names under which a Kubernetes API server is found, besides the machine's own. */
export const serverAltNames: readonly string[] = [
  'localhost',
  '127.0.0.1',
  '::1',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]

/** Where a pair lies, and what it says. */
export interface PairOnDisk extends CertificatePair {
  readonly certificateFile: string
  readonly privateKeyFile: string
}

export interface PlanePki {
  readonly authority: PairOnDisk
  /** What the REST and gRPC listeners show. */
  readonly apiserver: PairOnDisk
  /** What the public discovery listener shows. */
  readonly oidcDiscovery: PairOnDisk
  /** Client certificates, by who connects with them. */
  readonly clients: { readonly [K in keyof typeof clientNames]: PairOnDisk }
}

/** The users behind the client certificates. */
export const clientNames = {
  admin: { commonName: 'kubernetes-admin', organizations: ['system:masters'] },
  controllerManager: { commonName: 'system:kube-controller-manager', organizations: [] },
  oidcDiscovery: { commonName: 'system:oidc-discovery', organizations: [] },
} as const satisfies Record<string, Name>

/**
 * Reads or makes the whole set.
 * @throws UserError naming the file that cannot be read, written or used.
 */
export function ensurePki(options: { folder: string; nowMs: number; altNames?: readonly string[] }): PlanePki {
  const { folder, nowMs } = options
  makePrivateFolder(folder)
  const authority = ensureAuthority(folder, nowMs)
  const altNames = [...new Set([...serverAltNames, hostname(), ...(options.altNames ?? [])])]
  const server = (file: string, commonName: string) =>
    ensureLeaf(authority, { folder, file, name: { commonName }, usage: 'server', altNames, nowMs })
  const client = (file: string, name: Name) => ensureLeaf(authority, { folder, file, name, usage: 'client', nowMs })
  return {
    authority,
    apiserver: server('apiserver', 'kube-apiserver'),
    oidcDiscovery: server('oidc-discovery', 'oidc-discovery'),
    clients: {
      admin: client('admin-client', clientNames.admin),
      controllerManager: client('controller-manager-client', clientNames.controllerManager),
      oidcDiscovery: client('oidc-discovery-client', clientNames.oidcDiscovery),
    },
  }
}

function ensureAuthority(folder: string, nowMs: number): PairOnDisk {
  const existing = readPair(folder, 'ca')
  if (!existing) {
    const name = { commonName: 'ensign-ca' }
    return writePair(folder, 'ca', createAuthority({ name, nowMs, validMs: authorityValidMs }))
  }
  if (Date.parse(existing.certificate.validTo) <= nowMs) {
    throw new UserError(`the certificate authority ${existing.pair.certificateFile} has expired`, {
      hint: `move ${folder} away to have a new one made`,
    })
  }
  return existing.pair
}

interface Leaf {
  folder: string
  file: string
  name: Name
  usage: keyof typeof usageOids
  altNames?: readonly string[]
  nowMs: number
}

function ensureLeaf(authority: PairOnDisk, leaf: Leaf): PairOnDisk {
  const existing = readPair(leaf.folder, leaf.file)
  if (existing && stillGood(existing.certificate, authority, leaf)) return existing.pair
  const { name, usage, altNames, nowMs } = leaf
  const made = issueCertificate(authority, {
    name,
    usages: [usage],
    nowMs,
    validMs: leafValidMs,
    ...(altNames && { altNames }),
  })
  return writePair(leaf.folder, leaf.file, made)
}

function stillGood(certificate: X509Certificate, authority: CertificatePair, { altNames = [], nowMs }: Leaf): boolean {
  const issuer = new X509Certificate(authority.certificatePem)
  const leftMs = Date.parse(certificate.validTo) - nowMs
  const longestMs = Date.parse(issuer.validTo) - nowMs
  // A leaf that ends with its authority cannot be renewed to anything better.
  if (leftMs < renewBeforeMs && leftMs < longestMs) return false
  if (!certificate.verify(issuer.publicKey)) return false
  return altNames.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
}

function filesOf(folder: string, file: string) {
  return { certificateFile: join(folder, `${file}.crt`), privateKeyFile: join(folder, `${file}.key`) }
}

function readPair(folder: string, file: string): { pair: PairOnDisk; certificate: X509Certificate } | undefined {
  const files = filesOf(folder, file)
  const certificatePem = readFileIfPresent(files.certificateFile)
  const privateKeyPem = readFileIfPresent(files.privateKeyFile)
  if (certificatePem === undefined && privateKeyPem === undefined) return undefined
  const both = `${files.certificateFile} and ${files.privateKeyFile}`
  const hint = 'put back the right files, or move both away to have new ones made'
  if (certificatePem === undefined || privateKeyPem === undefined) {
    throw new UserError(`only one of ${both} is there`, { hint })
  }
  const certificate = readable(files.certificateFile, hint, () => new X509Certificate(certificatePem))
  const key = readable(files.privateKeyFile, hint, () => createPrivateKey(privateKeyPem))
  if (!certificate.checkPrivateKey(key)) throw new UserError(`${both} do not belong together`, { hint })
  return { pair: { ...files, certificatePem, privateKeyPem }, certificate }
}

function readable<T>(path: string, hint: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    // OpenSSL's own text helps nobody, and could quote what it read.
    throw new UserError(`${path} is damaged`, { hint, cause })
  }
}

function writePair(folder: string, file: string, pair: CertificatePair): PairOnDisk {
  const files = filesOf(folder, file)
  writePrivateFiles({ [files.privateKeyFile]: pair.privateKeyPem, [files.certificateFile]: pair.certificatePem })
  return { ...files, ...pair }
}
