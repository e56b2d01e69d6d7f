/** What differs from run to run becomes a placeholder, so that two runs can be compared. */
import { X509Certificate } from 'node:crypto'

export interface Kept {
  /** Keeps managedFields. */
  readonly managed?: boolean
}

export class Placeholders {
  readonly #server: string
  /** Of the address of the issuer, once it is known. */
  issuer: string | undefined
  /** Made name → what stands for it. */
  readonly names = new Map<string, string>()
  readonly #uids = new Map<string, string>()

  constructor(server: string) {
    this.#server = server
  }

  text(text: string): string {
    let out = this.issuer ? text.replaceAll(this.issuer, '<issuer>') : text
    for (const [made, placeholder] of [...this.names].sort(([a], [b]) => b.length - a.length))
      out = out.replaceAll(made, placeholder).replaceAll(encodeURIComponent(made), placeholder)
    return out
      .replace(/eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, '<jwt>')
      .replace(/\bkube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, 'kube-api-access-<suffix>')
      .replace(/([?&]continue=)eyJ[A-Za-z0-9_-]+/g, '$1<continue>')
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, (uid) => this.#uid(uid))
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>')
      .replace(/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=<sha256>')
      .replaceAll(this.#server, '<server>')
  }

  /** The same for everything inside of a JSON value, with keys in order. */
  value(value: unknown, kept: Kept = {}): unknown {
    return this.#walk(value, '', undefined, kept)
  }

  #walk(value: unknown, key: string, parent: unknown, kept: Kept): unknown {
    if (Array.isArray(value)) return value.map((element) => this.#walk(element, key, value, kept))
    if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      return Object.fromEntries(
        members
          .filter(([name]) => name !== 'managedFields' || kept.managed)
          .map(([name, member]) => [this.text(name), this.#walk(member, name, value, kept)]),
      )
    }
    if (typeof value === 'number') return ['iat', 'nbf', 'exp', 'warnafter'].includes(key) ? `<${key}>` : value
    return typeof value === 'string' ? this.#string(value, key, parent, kept) : value
  }

  #string(value: string, key: string, parent: unknown, kept: Kept): unknown {
    if (key === 'resourceVersion' && /^[1-9]\d*$/.test(value)) return '<revision>'
    if (key === 'continue' && value) return '<continue>'
    if (key === 'Age' || key === 'age') return '<age>'
    if (/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/.test(value)) return this.#walk(decode(value), 'jwt', parent, kept)
    if (key === 'kid') return '<kid>'
    if (/^-----BEGIN CERTIFICATE-----/.test(value)) return describeCertificate(value)
    const named = parent as { generateName?: string; metadata?: { generateName?: string } } | undefined
    const prefix = named?.generateName ?? named?.metadata?.generateName
    if (key === 'name' && prefix && value.startsWith(prefix))
      return `${this.text(prefix)}<suffix-${value.length - prefix.length}>`
    return this.text(value)
  }

  #uid(uid: string): string {
    const known = this.#uids.get(uid) ?? `<uid-${this.#uids.size + 1}>`
    this.#uids.set(uid, known)
    return known
  }
}

/** Header, claims and lifetime in seconds of a JWT, unverified. */
export function decode(jwt: string): object {
  const [header, claims] = jwt
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  const warnAfter = claims['kubernetes.io']?.warnafter
  return {
    header,
    claims,
    ...(claims.exp !== undefined && { lifetimeSeconds: claims.exp - claims.iat }),
    ...(warnAfter !== undefined && { warnAfterSeconds: warnAfter - claims.iat }),
  }
}

function describeCertificate(pem: string): unknown {
  const { ca, subject, keyUsage } = new X509Certificate(pem)
  return ca ? '<certificate of an authority>' : { certificate: { subject, usage: keyUsage ?? null, ca } }
}
