/** The story that the README tells, for every way in which a plane can be started. */
import { type ApiReply, type KubectlProgram, kubectlPrograms } from '@ensign/testing'
import { describe, expect, test } from 'vitest'
import { eventually, type PlaneFolder, tampered } from './harness.ts'

/** Tells it with one kubectl, in a namespace that is gone at the end. */
export function tellStory(program: KubectlProgram, plane: () => PlaneFolder): void {
  const namespace = `shop-${program.version.replace('.', '-')}`
  const run = (...args: string[]) => plane().kubectl(program, ...args)
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args)
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  /** As the holder of a token: the client certificate of the kubeconfig would win otherwise. */
  const withToken = (token: string, ...args: string[]) => {
    const { server, caFile } = plane()
    const towards = ['--kubeconfig=/dev/null', `--server=${server}`, `--certificate-authority=${caFile}`]
    return run(...towards, `--token=${token}`, ...args)
  }

  describe(`kubectl ${program.version}`, () => {
    test('makes a namespace, which gets its account and its authority by itself', async () => {
      expect(await ok('create', 'namespace', namespace)).toBe(`namespace/${namespace} created\n`)
      await eventually(
        () => ok('get', 'serviceaccounts,configmaps', '-n', namespace, '-o', 'name'),
        (names) => names === 'serviceaccount/default\nconfigmap/kube-root-ca.crt\n',
      )
      expect(await ok('get', 'serviceaccounts', '-n', namespace)).toMatch(/^NAME +SECRETS +AGE\ndefault +0 +\d+s\n$/)
    })

    test('makes an account and a token, which opens the API as that account and nothing beyond its rights', async () => {
      expect(await ok('create', 'serviceaccount', 'till', '-n', namespace)).toBe('serviceaccount/till created\n')
      const token = (await ok('create', 'token', 'till', '-n', namespace)).trim()
      const identity = await withToken(token, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')
      expect(identity).toMatchObject({ code: 0, stdout: `system:serviceaccount:${namespace}:till` })

      const forbidden = await withToken(token, 'get', 'secrets', '-n', namespace)
      expect(forbidden.code).toBe(1)
      expect(forbidden.stderr).toContain(
        `secrets is forbidden: User "system:serviceaccount:${namespace}:till" cannot list resource "secrets"`,
      )
      const refused = await withToken(tampered(token), 'get', 'namespaces')
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('You must be logged in to the server')
      // What `curl -H "Authorization: Bearer …"` gets.
      expect((await plane().client({ token }).get('/api')).status).toBe(200)
      expect((await plane().client({ token }).get('/api/v1/secrets')).status).toBe(403)
      const { status, body } = await plane()
        .client({ token: tampered(token) })
        .get('/api')
      expect([status, body.kind, body.reason]).toEqual([401, 'Status', 'Unauthorized'])
    })

    test('shows the account, and deletes it with its namespace', async () => {
      const yaml = await ok('get', 'sa', 'till', '-n', namespace, '-o', 'yaml')
      expect(yaml).toContain(`apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  creationTimestamp: "`)
      expect(await ok('describe', 'sa', 'till', '-n', namespace)).toMatch(/^Name: +till\nNamespace: +shop-/)
      expect(await ok('delete', 'ns', namespace)).toContain(`namespace "${namespace}" deleted`)
      expect((await run('get', 'namespace', namespace)).stderr).toBe(
        `Error from server (NotFound): namespaces "${namespace}" not found\n`,
      )
    })
  })
}

/** Tells it with the newest kubectl, where what matters is how the plane runs. */
export function tellStoryOnce(plane: () => PlaneFolder): void {
  const program = kubectlPrograms().at(-1)
  if (program) tellStory(program, plane)
  else test('the story', ({ skip }) => skip('there is no kubectl on the PATH'))
}

/** Before a restart, and what must hold after it. */
export async function leaveSomething(plane: PlaneFolder): Promise<() => Promise<void>> {
  const admin = plane.client()
  const made = (reply: ApiReply) => {
    expect(reply.status).toBe(201)
    return reply.body
  }
  made(await admin.post('/api/v1/namespaces', { metadata: { name: 'kept' } }))
  const account = made(await admin.post('/api/v1/namespaces/kept/serviceaccounts', { metadata: { name: 'till' } }))
  const issued = made(await admin.post('/api/v1/namespaces/kept/serviceaccounts/till/token', { spec: {} }))
  return async () => {
    const { body } = await plane.client().get('/api/v1/namespaces/kept/serviceaccounts/till')
    expect(body.metadata).toEqual(account.metadata)
    const till = plane.client({ token: issued.status.token })
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    const { body: who } = await till.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', review)
    expect(who.status.userInfo.username).toBe('system:serviceaccount:kept:till')
  }
}
