/** `ensign up` with objects in SQLite, and every kubectl that is promised. */
import { kubectlPrograms, type RunningProgram } from '@ensign/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PlaneFolder, planeFolder, up } from './harness.ts'
import { leaveSomething, tellStory } from './story.ts'

/** Of each kind one: from 1.32 on they send protobuf. The newest of this machine tells it too. */
const promised = ['1.27', '1.30', '1.33']

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

const programs = kubectlPrograms()
const newest = programs.at(-1)?.version
for (const version of new Set([...promised, ...(newest ? [newest] : [])])) {
  const program = programs.find((each) => each.version === version)
  if (program) tellStory(program, () => folder)
  else
    test(`kubectl ${version}`, ({ skip }) => skip(`this machine has no kubectl ${version} beside the one on the PATH`))
}

test('a restart keeps objects, and tokens stay valid', async () => {
  const stillThere = await leaveSomething(folder)
  expect(await plane.stop('SIGINT')).toMatchObject({ code: 0 })
  plane = await up(folder)
  await stillThere()
})
