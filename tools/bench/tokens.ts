/** Issuing tokens: the limit is what the machine can sign. */
import { execFile } from 'node:child_process'
import { generateKeyPair as generateKeyPairCallback } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type CryptoKey, importPKCS8, SignJWT } from 'jose'
import { ask } from './ask.ts'
import { bareRate } from './bare.ts'
import type { Benchmark, Figure, Limit } from './figure.ts'
import { load } from './load.ts'
import { startPlane } from './plane.ts'
import { settings } from './settings.ts'
import { account, accountsPath, populate } from './world.ts'

type Algorithm = 'RS256' | 'ES256'

export const tokens: Benchmark = {
  name: 'tokens',
  title: 'TokenRequest, RS256 and ES256',
  async run() {
    return [await tokenRequests('RS256'), await tokenRequests('ES256')]
  },
}

async function tokenRequests(algorithm: Algorithm): Promise<Figure> {
  await using plane = await startPlane({ algorithm })
  const token = await populate(plane)
  const bodyFile = join(dirname(plane.folder), 'body.json')
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} })
  writeFileSync(bodyFile, body)
  const path = `${accountsPath}/${account}/token`
  const url = `${plane.server}${path}`
  const answer = await ask(url, { caPem: plane.caPem, token, post: body })
  const value = await load({ url, token, bodyFile })
  const bare = { name: 'bare http2', value: await bareRate(plane, answer, { token, bodyFile }) }
  const jose = { name: 'bare jose', value: await joseRate(algorithm) }
  const openssl = await opensslRate(algorithm)
  const name = `TokenRequest ${algorithm}`
  // An ES256 signature costs so little that the limit is what a server can answer.
  return algorithm === 'RS256'
    ? { name, value, unit: '/s', limits: [...openssl, jose, bare], goal: { shareOfLimit: 0.5 } }
    : { name, value, unit: '/s', limits: [bare, ...openssl, jose], goal: { shareOfLimit: 0.22 } }
}

/** Signatures per second on all cores; nothing where there is no openssl. */
async function opensslRate(algorithm: Algorithm): Promise<Limit[]> {
  const name = { RS256: 'rsa2048', ES256: 'ecdsap256' }[algorithm]
  const args = ['speed', '-mr', '-seconds', '1', '-multi', String(cpus().length), name]
  try {
    const { stdout } = await promisify(execFile)('openssl', args)
    // The sum over all processes: `+F2:2:BITS:SIGNATURES:…` for RSA, `+F4:…` for ECDSA.
    const rate = /^\+F[24]:\d+:\d+:([\d.]+):/m.exec(stdout)?.[1]
    return rate ? [{ name: 'openssl', value: Number(rate) }] : []
  } catch {
    return []
  }
}

/** Tokens per second in this process, as many in flight as there are requests otherwise. */
async function joseRate(algorithm: Algorithm): Promise<number> {
  const key = await joseKey(algorithm)
  const until = performance.now() + settings.warmUpMs
  await Promise.all(Array.from({ length: settings.inFlight }, () => sign(until)))
  const from = performance.now()
  const counts = await Promise.all(
    Array.from({ length: settings.inFlight }, () => sign(performance.now() + settings.measureMs)),
  )
  const total = counts.reduce((sum, count) => sum + count, 0)
  return (total * 1000) / (performance.now() - from)

  async function sign(until: number): Promise<number> {
    let count = 0
    for (; performance.now() < until; count++) {
      await new SignJWT({ sub: 'system:serviceaccount:bench:worker' })
        .setProtectedHeader({ alg: algorithm, kid: 'bench' })
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(key)
    }
    return count
  }
}

async function joseKey(algorithm: Algorithm): Promise<CryptoKey> {
  const generate = promisify(generateKeyPairCallback)
  const { privateKey } =
    algorithm === 'RS256'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: 'P-256' })
  return importPKCS8(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm)
}
