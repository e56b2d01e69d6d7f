/** Programs with the client libraries that people use, told nothing but a kubeconfig. */
import { fileURLToPath } from 'node:url'
import { type RunningProgram, runProgram } from '@ensign/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PlaneFolder, planeFolder, up } from './harness.ts'
import { python, pythonMissing } from './python.ts'
import { tokenOfNew } from './service-processes.ts'

const libraries = [
  { name: '@kubernetes/client-node', command: process.execPath, program: './programs/client-library.ts' },
  { name: 'kubernetes for Python', command: python, program: './programs/client_library.py', missing: pythonMissing },
]

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

test.for(libraries)('$name: a program lists, watches, creates, replaces and deletes', async (library, { skip }) => {
  const { command = '', program, missing } = library
  if (missing) skip(missing)
  const namespace = `by-${command === python ? 'python' : 'javascript'}`
  await tokenOfNew(folder, namespace)
  const args = [fileURLToPath(new URL(program, import.meta.url)), namespace]
  const { code, stdout, stderr } = await runProgram(command, args, { env: { KUBECONFIG: folder.kubeconfig } })
  if (code !== 0) throw new Error(stderr)
  expect(JSON.parse(stdout)).toEqual({
    before: ['default'],
    after: ['default', 'till'],
    heard: ['add default', 'add till', 'update till', 'delete till'],
  })
})
