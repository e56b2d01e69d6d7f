/** The story of the README, with every kubectl that this machine has. */
import { kubectlPrograms, type RunningProgram } from '@ensign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build, eventually, type PlaneFolder, planeFolder, up } from './harness.ts'

let folder: PlaneFolder
let plane: RunningProgram
beforeAll(async () => {
  build()
  folder = planeFolder()
  plane = await up(folder, ['--port', '0'])
})
afterAll(async () => {
  await plane.stop()
  folder[Symbol.dispose]()
})

const programs = kubectlPrograms()
if (programs.length === 0) test('kubectl', ({ skip }) => skip('there is no kubectl on the PATH'))
describe.each(programs)('kubectl $version', (program) => {
  const namespace = `shop-${program.version.replace('.', '-')}`
  const run = (...args: string[]) => folder.kubectl(program, args)
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args)
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  /** As the holder of a token: the client certificate of the kubeconfig would win otherwise. */
  const withToken = (token: string, ...args: string[]) =>
    run(
      '--kubeconfig=/dev/null',
      `--server=${folder.server()}`,
      '--insecure-skip-tls-verify',
      `--token=${token}`,
      ...args,
    )

  test('a namespace gets its account and its authority by itself', async () => {
    expect(await ok('create', 'namespace', namespace)).toBe(`namespace/${namespace} created\n`)
    await eventually(
      () => ok('get', 'serviceaccounts,configmaps', '-n', namespace, '-o', 'name'),
      (names) => names === 'serviceaccount/default\nconfigmap/kube-root-ca.crt\n',
    )
    expect(await ok('get', 'serviceaccounts', '-n', namespace)).toMatch(/^NAME +SECRETS +AGE\ndefault +0 +\d+s\n$/)
  })

  test('a token opens the API as its account, and nothing beyond its rights', async () => {
    expect(await ok('create', 'serviceaccount', 'till', '-n', namespace)).toBe('serviceaccount/till created\n')
    expect(await ok('describe', 'serviceaccount', 'till', '-n', namespace)).toMatch(/^Name: +till\nNamespace: +shop-/)
    const token = await ok('create', 'token', 'till', '-n', namespace)
    const identity = await withToken(token, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')
    expect(identity).toMatchObject({ code: 0, stdout: `system:serviceaccount:${namespace}:till` })
    const forbidden = await withToken(token, 'get', 'secrets', '-n', namespace)
    expect(forbidden.code).toBe(1)
    expect(forbidden.stderr).toContain(
      `secrets is forbidden: User "system:serviceaccount:${namespace}:till" cannot list resource "secrets"`,
    )
    const at = token.length - 10
    const tampered = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
    const refused = await withToken(tampered, 'get', 'namespaces')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('You must be logged in to the server')
  })

  test('the account reads back as YAML, and goes with its namespace', async () => {
    const yaml = await ok('get', 'serviceaccount', 'till', '-n', namespace, '-o', 'yaml')
    expect(yaml).toContain(`apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  creationTimestamp: "`)
    expect(await ok('delete', 'namespace', namespace)).toContain(`namespace "${namespace}" deleted`)
    expect((await run('get', 'namespace', namespace)).stderr).toBe(
      `Error from server (NotFound): namespaces "${namespace}" not found\n`,
    )
  })
})

test('a restart keeps objects, and tokens stay valid', async () => {
  const admin = folder.client()
  await admin.post('/api/v1/namespaces', { metadata: { name: 'kept' } })
  await admin.post('/api/v1/namespaces/kept/serviceaccounts', { metadata: { name: 'till' } })
  const issued = await admin.post('/api/v1/namespaces/kept/serviceaccounts/till/token', { spec: {} })
  const { port } = new URL(folder.server())
  await plane.stop('SIGKILL')
  plane = await up(folder, [
    '--port',
    port,
    '--grpc-port',
    '0',
    '--oidc-port',
    '0',
    '--issuer',
    issuerOf(issued.body.status.token),
  ])
  const till = folder.client({ token: issued.body.status.token })
  const review = await till.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  })
  expect(review.body.status.userInfo.username).toBe('system:serviceaccount:kept:till')
})

function issuerOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).iss
}
