/** Requests for certificates, whole and spoiled at random places: each is judged as Go's crypto/x509 judges it. */
import { join } from 'node:path'
import { CertificateRequestError, parseCertificateRequest, signatureProblem } from '@ensign/pki/certificate-request'
import { certificationRequest, pem, requestKeys } from '@ensign/pki/testing'
import { runProgram } from '@ensign/testing'
import { expect, test } from 'vitest'
import { root } from './harness.ts'

/** Spoiled copies of each request; more of them can be asked for by hand. */
const copies = Number(process.env.ENSIGN_TEST_EXAMPLES ?? 250)
/** Another seed, other faults. */
const seed = Number(process.env.ENSIGN_TEST_SEED ?? 36)

interface Verdict {
  readonly problem: string
  readonly signature: string
  readonly commonName: string
  readonly organizations: readonly string[] | null
  readonly dns: readonly string[] | null
  readonly emails: readonly string[] | null
  readonly addresses: readonly string[] | null
}

test('certificate requests are accepted and refused as Go accepts and refuses them', { timeout: 300_000 }, async ({
  skip,
}) => {
  const { code } = await runProgram('go', ['version'], { env: process.env })
  if (code !== 0) skip('there is no go that runs')
  const random = randomFrom(seed)
  const whole = requestKeys().map(({ name, key }) => {
    const asked = { commonName: 'jane', organizations: ['dev', 'ops'], dns: ['a.example.test', 'b.example.test'], key }
    return { name, der: derOf(certificationRequest(asked).pem) }
  })
  const requests = whole.flatMap((request) => [
    request,
    ...Array.from({ length: copies }, () => ({ name: `${request.name}, spoiled`, der: spoiled(request.der, random) })),
  ])
  const { stdout, stderr } = await runProgram('go', ['run', '.'], {
    cwd: join(root, 'e2e/oracles/certificate-requests'),
    env: process.env,
    input: requests.map(({ der }) => `${der.toString('base64')}\n`).join(''),
    withinMs: 240_000,
  })
  const verdicts = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict)
  expect(verdicts.length, stderr).toBe(requests.length)
  const differing = requests.flatMap(({ name, der }, i) => {
    const [ours, theirs] = [judged(der), comparable(verdicts[i] as Verdict)]
    return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ name, der: der.toString('base64'), ours, theirs }]
  })
  expect(differing).toEqual([])
})

function judged(der: Buffer): unknown {
  try {
    const request = parseCertificateRequest(pem('CERTIFICATE REQUEST', der))
    const { subject, altNames } = request
    return {
      problem: '',
      signature: signatureProblem(request) ?? '',
      commonName: subject.commonName,
      organizations: subject.organizations,
      dns: altNames.dns,
      emails: altNames.emails,
      addresses: altNames.addresses.map((address) => address.toString('hex')),
    }
  } catch (error) {
    if (error instanceof CertificateRequestError) return { problem: comparableText(error.message) }
    throw error
  }
}

function comparable(verdict: Verdict): unknown {
  const { problem, organizations, dns, emails, addresses } = verdict
  if (problem !== '') return { problem: comparableText(problem) }
  return {
    ...verdict,
    organizations: organizations ?? [],
    dns: dns ?? [],
    emails: emails ?? [],
    addresses: addresses ?? [],
  }
}

/** Go prints where a tag lies in its memory; how it tells of a point that is on no curve depends on the curve. */
const comparableText = (text: string): string =>
  text
    .replace(/^parsing time .*/s, 'no time')
    .replace(/tag:0x[0-9a-f]+/, 'tag:<nil>')
    .replace(/^(P\d+ point not on curve|invalid P\d+.*)$/, 'no point')

const derOf = (text: string): Buffer => Buffer.from(text.replace(/-----[A-Z ]+-----/g, ''), 'base64')

/** One to three faults: a byte that is another, one more, one less, a bit, an end that comes early. */
function spoiled(der: Buffer, random: (below: number) => number): Buffer {
  let bytes = [...der]
  for (let faults = 1 + random(3); faults > 0; faults--) {
    // Most faults lie in front, where the structure is; a wrong byte of a signature is always the same fault.
    const at = random(random(2) === 0 ? Math.min(80, bytes.length) : bytes.length)
    const kind = random(6)
    if (kind === 0) bytes.splice(at, 0, random(256))
    else if (kind === 1) bytes.splice(at, 1)
    else if (kind === 2) bytes = bytes.slice(0, Math.max(1, at))
    else if (kind === 3) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
    else bytes[at] = random(256)
  }
  return Buffer.from(bytes)
}

/** The same numbers for the same seed (mulberry32). */
function randomFrom(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
