/** The apiserver under the flags of those who start a kube-apiserver: controller-runtime's envtest, and kubeadm. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '@ensign/testing'
import { expect, test } from 'vitest'
import { goProgram, whyMissing } from './client-programs.ts'
import { programOf } from './harness.ts'

const program = goProgram('envtest', [])

/** A folder with what envtest looks for. It asks etcd for nothing but its health. */
function assets(folder: string): void {
  const executable = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o700 })
  // The port of gRPC has no flag that envtest knows.
  executable('kube-apiserver', `#!/bin/sh\nexec '${process.execPath}' '${programOf('apiserver')}' --grpc-port=0 "$@"\n`)
  executable(
    'etcd',
    `#!${process.execPath}
const address = process.argv.find((argument) => argument.startsWith('--listen-client-urls=')).split('=')[1]
const { hostname, port } = new URL(address)
require('node:http').createServer((_, answer) => answer.end('{"health":"true"}')).listen(Number(port), hostname)
`,
  )
}

test('envtest: an operator has its control plane started with the flags of a kube-apiserver', {
  timeout: 20 * 60_000,
}, async ({ skip }) => {
  const missing = await whyMissing(program)
  if (missing) skip(missing)
  for (const step of program.build) {
    const built = await runProgram(step.command, step.args, {
      cwd: program.folder,
      env: process.env,
      withinMs: 10 * 60_000,
    })
    const output = `${built.stdout}${built.stderr}`
    if (built.code !== 0 && program.unreachable?.test(output)) skip('controller-runtime cannot be downloaded')
    if (built.code !== 0) throw new Error(output)
  }
  const folder = mkdtempSync(join(tmpdir(), 'ensign-envtest-'))
  try {
    assets(folder)
    const { code, stdout, stderr } = await runProgram(program.run.command, [], {
      env: {
        HOME: folder,
        TMPDIR: folder,
        KUBEBUILDER_ASSETS: folder,
        KUBEBUILDER_ATTACH_CONTROL_PLANE_OUTPUT: 'true',
      },
      withinMs: 60_000,
    })
    if (code !== 0) throw new Error(`${stdout}${stderr}`)
    const kept = stdout.split('\n').filter((line) => line.startsWith('ok '))
    expect(kept).toHaveLength(5)
    expect(stdout + stderr).toContain('a flag has no effect')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
