/** How the programs in e2e/clients are built and run. What is built goes where `npm ci` and Git do not look for sources. */
import { join } from 'node:path'
import { runProgram } from '@ensign/testing'
import { root } from './harness.ts'

export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface ClientProgram {
  readonly name: string
  /** Each must run for the program to be built here. */
  readonly tools: readonly Command[]
  /** Where it is built. */
  readonly folder: string
  readonly build: readonly Command[]
  /** What its tool prints when a package registry is out of reach. */
  readonly unreachable: RegExp
  readonly run: Command
  /** Words of what it must print at least. */
  readonly promises: readonly string[]
}

const sources = join(root, 'e2e/clients')
const built = join(root, 'node_modules/.cache/ensign-clients')

/** What a client library of any language is for. */
const verbs = ['creates', 'lists', 'watches', 'patches', 'applies', 'deletes']

export const clientPrograms: readonly ClientProgram[] = [
  goProgram('client-go', [...verbs, 'dynamic client', 'metadata client', 'informer', 'protobuf', 'token']),
  goProgram('controller-runtime', ['leader', 'reconciles', 'owns', 'cached client', 'finalizer', 'server-side apply']),
]

/** Why the program cannot be built here; undefined when it can. */
export async function whyMissing(tools: readonly Command[]): Promise<string | undefined> {
  for (const { command, args } of tools) {
    const { code } = await runProgram(command, args, { env: process.env })
    if (code !== 0) return `there is no ${command} that runs`
  }
  return undefined
}

function goProgram(name: string, promises: readonly string[]): ClientProgram {
  const program = join(built, 'go', name)
  return {
    name,
    tools: [{ command: 'go', args: ['version'] }],
    folder: join(sources, 'go'),
    // No debug information: nothing else makes linking as slow.
    build: [{ command: 'go', args: ['build', '-ldflags=-s -w', '-o', program, `./cmd/${name}`] }],
    unreachable: /dial tcp|Get "https?:|i\/o timeout/,
    run: { command: program, args: [] },
    promises,
  }
}
