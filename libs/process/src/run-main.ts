import type { Readable, Writable } from 'node:stream'
import { giveBackSpareMemory } from './spare-memory.ts'
import { UserError } from './user-error.ts'

/** The part of `process` that a program may use; only a `main.ts` touches the real one. */
export interface ProcessLike {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin?: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  exit(code?: number): void
  on(event: NodeJS.Signals, listener: () => void): unknown
}

/** What a program's main function gets. */
export interface ProgramContext {
  /** Arguments behind the program's name. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Writable & { readonly isTTY?: boolean }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
}

/**
 * Runs a program to its end: signals become an AbortSignal (a second one exits at once, with 128 + the signal's
 * number), a UserError becomes one line and its exit code, anything else its stack and 70 (BSD's EX_SOFTWARE).
 * A number returned by `main` is the exit code.
 */
export async function runMain(
  process: ProcessLike,
  name: string,
  main: (context: ProgramContext) => Promise<number | undefined>,
): Promise<void> {
  const signal = shutdownSignal(process)
  // Node would open its inspector, through which whoever reaches the port reads every key in memory.
  process.on('SIGUSR1', () => {})
  giveBackSpareMemory()
  const { env, stdout, stderr } = process
  let code: number
  try {
    code = (await main({ argv: process.argv.slice(2), env, stdout, stderr, signal })) ?? 0
  } catch (error) {
    code = error instanceof UserError ? error.exitCode : 70
    stderr.write(`${name}: ${error instanceof UserError ? error.line : `internal error: ${stackOf(error)}`}\n`)
  }
  await Promise.all([flushed(stdout), flushed(stderr)])
  // A connection or timer that somebody forgot must not keep a program that is done.
  process.exit(code)
}

/** Aborted by the first SIGINT or SIGTERM; the second one exits at once. */
export function shutdownSignal(process: Pick<ProcessLike, 'on' | 'exit'>): AbortSignal {
  const controller = new AbortController()
  for (const [signal, number] of [['SIGINT', 2] as const, ['SIGTERM', 15] as const]) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(128 + number)
      controller.abort(signal)
    })
  }
  return controller.signal
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}
