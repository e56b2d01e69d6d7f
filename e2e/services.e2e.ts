/** Each service as a process of its own, ended without warning and started again. */

import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningProgram, startProgram } from '@ensign/testing'
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build, eventually, type PlaneFolder, planeFolder, programOf } from './harness.ts'

const names = ['apiserver', 'controller-manager', 'oidc-discovery'] as const
type Name = (typeof names)[number]

let folder: PlaneFolder
const running = new Map<Name, RunningProgram>()
beforeAll(async () => {
  build()
  folder = planeFolder()
  const init = startProgram(programOf('ensign'), ['pki', 'init', '--dir', folder.path, '--port', '0'], {
    cwd: tmpdir(),
  })
  expect(await init.ended).toMatchObject({ code: 0 })
  for (const name of names) start(name)
  await eventually(
    () => folder.client('anonymous').get('/readyz'),
    ({ status }) => status === 200,
  )
})
afterAll(async () => {
  for (const program of running.values()) await program.stop()
  folder[Symbol.dispose]()
})

/** A Lease that is not renewed is free after seconds instead of a quarter of a minute. */
const impatient = ['lease-duration=3s', 'renew-deadline=2s', 'retry-period=300ms'].map((f) => `--leader-elect-${f}`)

function argumentsOf(name: Name): string[] {
  return ['--config', join(folder.path, `${name}.json`), ...(name === 'controller-manager' ? impatient : [])]
}

function start(name: Name): void {
  const args = argumentsOf(name)
  running.set(name, startProgram(programOf(name), args, { cwd: tmpdir() }))
}

async function kill(name: Name): Promise<void> {
  await running.get(name)?.stop('SIGKILL')
}

const config = (name: Name) => JSON.parse(readFileSync(join(folder.path, `${name}.json`), 'utf8'))
const issuer = (): string => config('apiserver')['service-account-issuer'][0]

/** A stranger: knows the issuer and the authority of its web server, and nothing else. */
async function relyingParty() {
  const agent = new Agent({ ca: folder.caPem() })
  const fetchJson = (url: string) =>
    new Promise<Response>((resolve, reject) => {
      get(url, { agent }, (response) => {
        let body = ''
        response.on('data', (chunk) => {
          body += chunk
        })
        response.on('end', () => resolve(new Response(body, { status: response.statusCode ?? 500 })))
      }).on('error', reject)
    })
  const answer = await fetchJson(`${issuer()}/.well-known/openid-configuration`)
  const metadata = (await answer.json()) as { issuer: string; jwks_uri: string }
  expect(metadata.issuer).toBe(issuer())
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { [customFetch]: fetchJson, cooldownDuration: 0 })
  return (token: string) => jwtVerify(token, keys, { issuer: metadata.issuer, audience: issuer() })
}

async function newNamespace(name: string): Promise<string> {
  const admin = folder.client()
  await eventually(
    () => admin.post('/api/v1/namespaces', { metadata: { name } }),
    ({ status }) => status === 201,
  )
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default/token`
  // A controller manager that was killed still holds its Lease for a while.
  const issued = await eventually(
    () => admin.post(path, { spec: {} }),
    ({ status }) => status === 201,
    30_000,
  )
  return issued.body.status.token
}

test('three processes make one plane', async () => {
  const verify = await eventually(relyingParty, () => true)
  const token = await newNamespace('first')
  expect((await verify(token)).payload.sub).toBe('system:serviceaccount:first:default')
  const at = token.length - 10
  const tampered = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
  await expect(verify(tampered)).rejects.toThrow(errors.JWSSignatureVerificationFailed)
})

test('a relying party goes on while the apiserver is down, even after a restart of discovery', async () => {
  const token = await newNamespace('second')
  await kill('apiserver')
  expect((await (await relyingParty())(token)).payload.sub).toBe('system:serviceaccount:second:default')
  await kill('oidc-discovery')
  start('oidc-discovery')
  const verify = await eventually(relyingParty, () => true)
  expect((await verify(token)).payload.sub).toBe('system:serviceaccount:second:default')
  start('apiserver')
  await eventually(
    () => folder.client('anonymous').get('/readyz'),
    ({ status }) => status === 200,
  )
})

test.each(names)('%s recovers from being killed', async (name) => {
  await newNamespace(`before-${name}`)
  await kill(name)
  start(name)
  const token = await newNamespace(`after-${name}`)
  const verify = await eventually(relyingParty, () => true)
  expect((await verify(token)).payload.sub).toBe(`system:serviceaccount:after-${name}:default`)
})

test('two controller managers do the work once', async () => {
  await using second = startProgram(programOf('controller-manager'), argumentsOf('controller-manager'), {
    cwd: tmpdir(),
  })
  const admin = folder.client()
  for (let i = 0; i < 20; i++) await admin.post('/api/v1/namespaces', { metadata: { name: `twice-${i}` } })
  for (let i = 0; i < 20; i++) {
    const path = `/api/v1/namespaces/twice-${i}/serviceaccounts`
    await eventually(
      () => admin.get(path),
      ({ body }) => body.items?.length === 1,
    )
  }
  expect(second.output.stderr).not.toContain('"level":"error"')
})
