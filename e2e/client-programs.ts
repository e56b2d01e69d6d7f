/** How the programs in e2e/clients are built and run. What is built goes where `npm ci` and Git do not look for sources. */
import { join } from 'node:path'
import { runProgram } from '@ensign/testing'
import { root } from './harness.ts'
import { python, pythonMissing } from './python.ts'

export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface ClientProgram {
  readonly name: string
  /** Why it cannot be run here, if that is known at once. */
  readonly missing?: string | undefined
  /** Each must run for the program to be built here. */
  readonly tools: readonly Command[]
  /** Where it is built. */
  readonly folder: string
  readonly build: readonly Command[]
  /** What its tool prints when a package registry is out of reach. */
  readonly unreachable?: RegExp
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
  {
    name: 'fabric8 for Java',
    tools: [
      { command: 'javac', args: ['-version'] },
      { command: 'mvn', args: ['--version'] },
    ],
    folder: join(sources, 'java'),
    build: [{ command: 'mvn', args: ['--batch-mode', '--quiet', `-Dbuilt=${join(built, 'java')}`, 'compile'] }],
    unreachable: /Could not transfer/,
    run: {
      command: 'java',
      args: ['-cp', `${join(built, 'java/classes')}:${join(built, 'java/lib/*')}`, 'dev.ensign.clients.Main'],
    },
    promises: [...verbs, 'informer', 'token', 'without a type'],
  },
  {
    name: 'kube-rs',
    tools: [{ command: 'cargo', args: ['--version'] }],
    folder: join(sources, 'rust'),
    build: [{ command: 'cargo', args: ['build', '--locked', '--quiet', '--target-dir', join(built, 'rust')] }],
    unreachable: /failed to download|Could not resolve host|failed to connect/i,
    run: { command: join(built, 'rust/debug/kube-rs-client'), args: [] },
    promises: [...verbs, 'keeps a copy', 'token', 'without a type'],
  },
  {
    name: 'kubernetes for Python',
    missing: pythonMissing,
    tools: [],
    folder: join(sources, 'python'),
    build: [],
    run: { command: python ?? '', args: ['-B', join(sources, 'python/client.py')] },
    promises: [...verbs, 'token', 'dynamic client'],
  },
]

/** Why the program cannot be built here; undefined when it can. */
export async function whyMissing({ missing, tools }: ClientProgram): Promise<string | undefined> {
  if (missing) return missing
  for (const { command, args } of tools) {
    const { code } = await runProgram(command, args, { env: process.env })
    if (code !== 0) return `there is no ${command} that runs`
  }
  return undefined
}

export function goProgram(name: string, promises: readonly string[]): ClientProgram {
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
