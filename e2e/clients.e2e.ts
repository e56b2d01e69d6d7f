/** Programs of other languages, built with their own tools from e2e/clients and told nothing but a kubeconfig. */
import { dirname } from 'node:path'
import { runProgram } from '@ensign/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientPrograms, whyMissing } from './client-programs.ts'
import { type PlaneFolder, planeFolder, up } from './harness.ts'

/** A build without anything cached takes minutes. */
const buildMs = 10 * 60_000

let folder: PlaneFolder
let plane: AsyncDisposable
beforeAll(async () => {
  folder = await planeFolder()
  plane = await up(folder)
})
afterAll(async () => {
  await plane?.[Symbol.asyncDispose]()
  folder?.[Symbol.dispose]()
})

test.for(clientPrograms)(
  '$name: a program sees every promise kept',
  { timeout: 2 * buildMs },
  async (program, context) => {
    const missing = await whyMissing(program)
    if (missing) context.skip(missing)
    for (const step of program.build) {
      const built = await runProgram(step.command, step.args, {
        cwd: program.folder,
        env: { ...process.env, ...step.env },
        withinMs: buildMs,
      })
      const output = `${built.stdout}${built.stderr}`
      if (built.code !== 0 && program.unreachable?.test(output)) {
        context.skip(`what ${program.name} depends on cannot be downloaded`)
      }
      if (built.code !== 0) throw new Error(`${step.command} ${step.args.join(' ')}: ${output}`)
    }
    const { code, stdout, stderr } = await runProgram(program.run.command, program.run.args, {
      env: { HOME: dirname(folder.kubeconfig), KUBECONFIG: folder.kubeconfig },
      withinMs: 60_000,
    })
    if (code !== 0) throw new Error(`${stdout}${stderr}`)
    const kept = stdout.trim().split('\n')
    expect(kept).toEqual(kept.filter((line) => line.startsWith('ok ')))
    for (const promise of program.promises) expect(kept).toContainEqual(expect.stringContaining(promise))
  },
)
