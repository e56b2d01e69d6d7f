/** `ensign up` with objects in SQLite, and every kubectl that is promised. */
import type { RunningProgram } from '@ensign/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PlaneFolder, planeFolder, up } from './harness.ts'
import { forEachKubectl } from './kubectls.ts'
import { leaveSomething, tellStory } from './story.ts'

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

forEachKubectl((program) => tellStory(program, () => folder))

test('a restart keeps objects, and tokens stay valid', async () => {
  const stillThere = await leaveSomething(folder)
  expect(await plane.stop('SIGINT')).toMatchObject({ code: 0 })
  plane = await up(folder)
  await stillThere()
})
