import { createAuthority, issueCertificate } from '@ensign/pki'

/** An authority with a server and clients, for one test file. */
export function testPki(nowMs: number) {
  const validMs = 60 * 60_000
  const authority = createAuthority({ name: { commonName: 'test-ca' }, nowMs, validMs })
  const altNames = ['localhost', '127.0.0.1']
  const server = issueCertificate(authority, {
    name: { commonName: 'test-server' },
    usages: ['server'],
    nowMs,
    validMs,
    altNames,
  })
  return {
    server: {
      certificate: Buffer.from(server.certificatePem),
      privateKey: Buffer.from(server.privateKeyPem),
      clientCa: Buffer.from(authority.certificatePem),
    },
    client: (commonName: string) => ({
      ...issueCertificate(authority, { name: { commonName }, usages: ['client'], nowMs, validMs }),
      authorityPem: authority.certificatePem,
    }),
  }
}
