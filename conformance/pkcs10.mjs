/**
 * Certificate requests (PKCS#10) from node:crypto alone: enough of DER to ask a cluster for a certificate.
 */
import { generateKeyPairSync, sign } from 'node:crypto'

const tlv = (tag, ...parts) => {
  const body = Buffer.concat(parts)
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const size = []
  for (let n = body.length; n > 0; n >>= 8) size.unshift(n & 255)
  return Buffer.concat([Buffer.from([tag, 128 | size.length, ...size]), body])
}
const sequence = (...parts) => tlv(0x30, ...parts)
const set = (...parts) => tlv(0x31, ...parts)
const text = (s) => tlv(0x0c, Buffer.from(s))
const oid = (dotted) => {
  const [a, b, ...rest] = dotted.split('.').map(Number)
  const bytes = [a * 40 + b]
  for (const n of rest) {
    const groups = [n & 127]
    for (let m = Math.floor(n / 128); m > 0; m = Math.floor(m / 128)) groups.unshift(128 | (m & 127))
    bytes.push(...groups)
  }
  return tlv(0x06, Buffer.from(bytes))
}

const attributeIds = { CN: '2.5.4.3', O: '2.5.4.10', OU: '2.5.4.11', C: '2.5.4.6', UID: '1.3.6.1.4.1.57683.2' }

/**
 * A fresh P-256 key and a request for it.
 * subject: list of [attribute, value], e.g. [['O', 'team-a'], ['CN', 'jane']]; dns and ip: subject alternative names.
 * breakSignature leaves a request whose signature does not fit. Answers {pem, key}, both PEM text.
 */
export function certificateRequest({ subject = [['CN', 'jane']], dns = [], ip = [], breakSignature = false } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(...subject.map(([k, v]) => set(sequence(oid(attributeIds[k]), text(v)))))
  const names = [
    ...dns.map((d) => tlv(0x82, Buffer.from(d))),
    ...ip.map((i) => tlv(0x87, Buffer.from(i.split('.').map(Number)))),
  ]
  const extensions = names.length
    ? [sequence(oid('1.2.840.113549.1.9.14'), set(sequence(sequence(oid('2.5.29.17'), tlv(0x04, sequence(...names))))))]
    : []
  const info = sequence(
    tlv(0x02, Buffer.from([0])),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa0, ...extensions),
  )
  const signature = sign('sha256', breakSignature ? Buffer.concat([info, Buffer.from('x')]) : info, privateKey)
  const der = sequence(info, sequence(oid('1.2.840.10045.4.3.2')), tlv(0x03, Buffer.from([0]), signature))
  return { pem: wrap('CERTIFICATE REQUEST', der), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }
}

/** DER as PEM text of the given type. */
export function wrap(type, der) {
  return `-----BEGIN ${type}-----\n${der
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END ${type}-----\n`
}

/** PEM text as spec.request carries it. */
export const asRequest = (pem) => Buffer.from(pem).toString('base64')
