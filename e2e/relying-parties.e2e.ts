/** Strangers who know the issuer, and the authority of its web server, and nothing else of the plane. */
import { fileURLToPath } from 'node:url'
import { runProgram } from '@ensign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type PlaneFolder, planeFolder, tampered } from './harness.ts'
import { python, pythonMissing } from './python.ts'
import { type ServiceProcesses, startServices, tokenOfNew } from './service-processes.ts'

const parties = [
  {
    name: 'jose',
    command: process.execPath,
    program: './programs/relying-party.ts',
    authorities: 'NODE_EXTRA_CA_CERTS',
    refusal: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  },
  {
    name: 'PyJWT',
    command: python,
    program: './programs/relying_party.py',
    authorities: 'SSL_CERT_FILE',
    refusal: 'InvalidSignatureError',
    missing: pythonMissing,
  },
]

let folder: PlaneFolder
let processes: ServiceProcesses
let token: string
beforeAll(async () => {
  folder = await planeFolder()
  processes = await startServices(folder)
  token = await tokenOfNew(folder, 'shop')
})
afterAll(async () => {
  await processes?.[Symbol.asyncDispose]()
  folder?.[Symbol.dispose]()
})

/** Runs one with nothing remembered from before, and has it judge the token and a tampered one. */
async function judge({ command = '', program, authorities }: (typeof parties)[number]) {
  const args = [fileURLToPath(new URL(program, import.meta.url)), folder.issuer, folder.issuer]
  const input = `${token}\n${tampered(token)}\n`
  const { code, stdout, stderr } = await runProgram(command, args, { env: { [authorities]: folder.caFile }, input })
  if (code !== 0) throw new Error(stderr)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe.each(parties)('a relying party with $name', (party) => {
  const verdicts = [{ subject: 'system:serviceaccount:shop:default' }, { refused: party.refusal }]

  test('verifies a token and refuses a tampered one', async ({ skip }) => {
    if (party.missing) skip(party.missing)
    expect(
      await eventually(
        () => judge(party),
        () => true,
      ),
    ).toEqual(verdicts)
  })
})

describe('while the apiserver is dead', () => {
  beforeAll(async () => {
    await processes.kill('apiserver')
    await expect(folder.client('anonymous').get('/livez')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  describe.each(parties)('a relying party with $name', (party) => {
    const verdicts = [{ subject: 'system:serviceaccount:shop:default' }, { refused: party.refusal }]

    test('does the same, and also when discovery was started again meanwhile', async ({ skip }) => {
      if (party.missing) skip(party.missing)
      expect(await judge(party)).toEqual(verdicts)
      await processes.kill('oidc-discovery')
      processes.start('oidc-discovery')
      expect(
        await eventually(
          () => judge(party),
          () => true,
        ),
      ).toEqual(verdicts)
    })
  })
})
