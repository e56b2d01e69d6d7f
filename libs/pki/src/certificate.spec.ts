import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { type CertificatePair, createAuthority, issueCertificate } from './certificate.ts'
import { subjectOf } from './subject.ts'

const nowMs = Date.now()
const dayMs = 86_400_000
const authority = createAuthority({ name: { commonName: 'test-ca' }, nowMs, validMs: 3650 * dayMs })
const read = (pair: CertificatePair) => new X509Certificate(pair.certificatePem)
const ca = read(authority)

const server = issueCertificate(authority, {
  name: { commonName: 'server' },
  usages: ['server'],
  altNames: ['localhost', 'a.example', '127.0.0.1', '::1', '2001:db8::8:800:200c:417a'],
  nowMs,
  validMs: 365 * dayMs,
})
const client = issueCertificate(authority, {
  name: { commonName: 'jane', organizations: ['team a', 'O=b,c'] },
  usages: ['client'],
  nowMs,
  validMs: 365 * dayMs,
})

describe('an authority', () => {
  test('signs itself and may sign leaves', () => {
    expect(ca.ca).toBe(true)
    expect(ca.verify(ca.publicKey)).toBe(true)
    expect(ca.checkPrivateKey(createPrivateKey(authority.privateKeyPem))).toBe(true)
    expect([ca.subject, ca.issuer]).toEqual(['CN=test-ca', 'CN=test-ca'])
  })

  test.each([
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey],
  ])('may have a %s key of its own', (_, key) => {
    const privateKeyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString()
    const foreign = { certificatePem: authority.certificatePem, privateKeyPem }
    const leaf = read(
      issueCertificate(foreign, { name: { commonName: 'x' }, usages: ['client'], nowMs, validMs: dayMs }),
    )
    expect(leaf.verify(createPublicKey(key))).toBe(true)
  })
})

describe('a leaf', () => {
  test('has a key whose label says what it is for', () => {
    expect(client.privateKeyPem).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/)
  })

  test('is issued by the authority, for its names and its use', () => {
    const certificate = read(server)
    expect(certificate.checkIssued(ca)).toBe(true)
    expect(certificate.verify(ca.publicKey)).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, DNS:a.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:8:800:200C:417A',
    )
    expect(read(client).keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  })

  test('does not outlive its authority, and crosses 2050', () => {
    const old = createAuthority({ name: { commonName: 'x' }, nowMs, validMs: 40 * 365 * dayMs })
    const leaf = issueCertificate(old, {
      name: { commonName: 'y' },
      usages: ['client'],
      nowMs,
      validMs: 99 * 365 * dayMs,
    })
    expect(read(leaf).validTo).toBe(read(old).validTo)
    expect(Date.parse(read(leaf).validTo)).toBe(Math.floor((nowMs + 40 * 365 * dayMs) / 1000) * 1000)
    expect(Date.parse(read(leaf).validFrom)).toBeLessThan(nowMs)
  })

  test('names its user in order', () => {
    expect(subjectOf(read(client).raw)).toEqual({ commonName: 'jane', organizations: ['team a', 'O=b,c'], uids: [] })
  })
})

test('TLS accepts the pair on both sides, and no certificate of another authority', async () => {
  const other = createAuthority({ name: { commonName: 'test-ca' }, nowMs, validMs: dayMs })
  const stranger = issueCertificate(other, { name: { commonName: 'jane' }, usages: ['client'], nowMs, validMs: dayMs })
  const listener = createServer({
    cert: server.certificatePem,
    key: server.privateKeyPem,
    ca: authority.certificatePem,
    requestCert: true,
    rejectUnauthorized: false,
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const authorizedAs = async ({ certificatePem: cert, privateKeyPem: key }: CertificatePair) => {
    const accepted = once(listener, 'secureConnection')
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'a.example',
      ca: authority.certificatePem,
      cert,
      key,
    })
    await once(socket, 'secureConnect')
    const [peer] = (await accepted) as [TLSSocket]
    const result = [socket.authorized, peer.authorized]
    socket.destroy()
    peer.destroy()
    return result
  }
  expect(await authorizedAs(client)).toEqual([true, true])
  expect(await authorizedAs(stranger)).toEqual([true, false])
  // The use is part of the check: a server's certificate names no user.
  expect(await authorizedAs(server)).toEqual([true, false])
  listener.close()
})
