/** Requests that schemathesis makes up from the plane's own OpenAPI documents: none of them may be the server's fault. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningProgram, runProgram } from '@ensign/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PlaneFolder, planeFolder, up } from './harness.ts'
import { python, pythonMissing } from './python.ts'

/** Requests for each operation; more of them can be asked for by hand. */
const examples = process.env.ENSIGN_TEST_EXAMPLES ?? '3'
const documents = [
  'api/v1',
  ...['admissionregistration.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'certificates.k8s.io'],
  ...['coordination.k8s.io', 'events.k8s.io', 'rbac.authorization.k8s.io'],
].map((group) => (group.includes('/') ? group : `apis/${group}/v1`))

let folder: PlaneFolder
let plane: RunningProgram
beforeAll(async () => {
  folder = await planeFolder()
  plane = await up(folder)
})
afterAll(async () => {
  await plane?.stop()
  folder?.[Symbol.dispose]()
})

test.for(documents)(
  '%s: no request gets an answer that says that the server is at fault',
  { timeout: 180_000 },
  async (document, { skip }) => {
    if (pythonMissing) skip(pythonMissing)
    const pki = (file: string) => join(folder.path, 'pki', file)
    const { code, stdout, stderr } = await runProgram(
      python ?? '',
      [
        ...['-m', 'schemathesis.cli', 'run', `${folder.server}/openapi/v3/${document}`, '--url', folder.server],
        ...['--tls-verify', pki('ca.crt')],
        ...['--request-cert', pki('admin-client.crt'), '--request-cert-key', pki('admin-client.key')],
        ...['--checks', 'never_at_fault', '--max-examples', examples, '--phases', 'fuzzing'],
        ...['--request-timeout', '10', '--workers', '2', '--suppress-health-check', 'all', '--no-color'],
      ],
      {
        cwd: folder.path,
        withinMs: 170_000,
        env: {
          PYTHONPATH: fileURLToPath(new URL('programs', import.meta.url)),
          PYTHONDONTWRITEBYTECODE: '1',
          SCHEMATHESIS_HOOKS: 'openapi_hooks',
        },
      },
    )
    if (code !== 0) throw new Error(`${stdout}${stderr}`)
    expect(stdout).toMatch(/\d+ generated, \d+ passed/)
  },
)
