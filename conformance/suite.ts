/**
 * Plays the scenarios of cases/ against a plane and compares every answer with the one that kube-apiserver 1.36.2 gave
 * (answers/).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunningProgram } from '@ensign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PlaneFolder, planeFolder, up } from '../e2e/harness.ts'
import { differences } from './compare.ts'
import { deliberate, notPlayed, notYet } from './expected-differences.ts'
import { type Administrator, type Scenario, Session, type Step } from './session.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const topics = readdirSync(join(here, 'cases'))
  .map((file) => file.replace(/\.mjs$/, ''))
  .sort()
const scenarios = await Promise.all(
  topics.map(async (topic) => {
    const { default: cases } = (await import(`./cases/${topic}.mjs`)) as { default: Record<string, Scenario> }
    const answers = JSON.parse(readFileSync(join(here, `answers/${topic}.json`), 'utf8')) as Record<string, Step[]>
    return { topic, cases: Object.entries(cases).map(([name, play]) => ({ name, play, want: answers[name] ?? [] })) }
  }),
)

/** @param storeFlags where the plane keeps its objects; called once */
export function conformance(name: string, storeFlags: () => Promise<readonly string[]>): void {
  describe(`a plane on ${name} answers as kube-apiserver`, () => {
    let folder: PlaneFolder
    let plane: RunningProgram
    let administrator: Administrator
    beforeAll(async () => {
      folder = await planeFolder()
      plane = await up(folder, ...(await storeFlags()))
      const pem = (file: string) => readFileSync(join(folder.path, 'pki', file), 'utf8')
      administrator = {
        server: folder.server,
        ca: pem('ca.crt'),
        cert: pem('admin-client.crt'),
        key: pem('admin-client.key'),
      }
    })
    afterAll(async () => {
      await plane?.stop()
      folder?.[Symbol.dispose]()
    })

    for (const { topic, cases } of scenarios) {
      describe.concurrent(topic, () => {
        for (const { name: scenario, play, want } of cases) {
          test(scenario, async ({ skip }) => {
            const reason = notPlayed[`${topic}/${scenario}`]
            if (reason) skip(reason)
            const { steps, broke } = await played(play, administrator)
            expect(unexpected(`${topic}/${scenario}`, want, steps, broke)).toEqual([])
          })
        }
      })
    }
  })
}

async function played(play: Scenario, administrator: Administrator): Promise<{ steps: Step[]; broke: unknown }> {
  const session = new Session(administrator)
  let broke: unknown
  try {
    await session.run(play)
  } catch (error) {
    broke = error
  }
  await session.cleanUp()
  return { steps: session.steps, broke }
}

/** What nobody would expect: steps that differ, and steps that were to differ and do not. */
function unexpected(scenario: string, want: readonly Step[], got: readonly Step[], broke: unknown): string[] {
  const expected = [...deliberate, ...notYet].filter((d) => d.scenario === scenario)
  const problems: string[] = []
  for (const [index, { step, ...answer }] of want.entries()) {
    const mark = expected.find(({ steps }) => steps.some((label) => step === label || step.startsWith(`${label}: `)))
    const { step: _, ...found } = got[index] ?? { step: '' }
    const differ = got[index] ? differences(answer, found) : ['never reached']
    if (differ.length === 0 && mark && !mark.sometimes)
      problems.push(`${step}: is as recorded, though marked to differ`)
    if (differ.length > 0 && !mark) problems.push(`${step}\n    ${differ.join('\n    ')}`)
  }
  if (got.length > want.length) problems.push(`${got.length - want.length} steps more than recorded`)
  if (problems.length > 0 && broke !== undefined) problems.push(`stopped: ${broke}`)
  return problems
}
