import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface ProgramEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** What a program that ran to its end has left. */
export interface ProgramResult {
  /** 1 also when a signal has ended it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface ProgramOptions {
  /** All that it gets of an environment, beside PATH. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly cwd?: string
  /** Until it is ended; 30 s unless told. */
  readonly withinMs?: number
}

/** Runs any program to its end, with nothing of this process' environment but what is given. */
export function runProgram(
  path: string,
  args: readonly string[],
  { env, input = '', cwd, withinMs = 30_000 }: ProgramOptions,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = { cwd, env: { PATH: process.env.PATH, ...env }, timeout: withinMs, maxBuffer: 64 * 1024 * 1024 }
    const child = execFile(path, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, stdout, stderr })
    })
    // A program that does not read its input may have ended before it was written.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** A program running as a process of its own. */
export interface RunningProgram extends AsyncDisposable {
  readonly pid: number
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Resolves when one of its streams has printed the text; rejects when it ends without, or takes too long. */
  printed(text: string, withinMs?: number): Promise<void>
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<ProgramEnd>
  readonly ended: Promise<ProgramEnd>
}

/** Starts a program of this repository with the Node that runs the tests. */
export function startProgram(
  file: string,
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>> },
): RunningProgram {
  const env = { PATH: process.env.PATH, HOME: options.cwd, ...options.env }
  const child = spawn(process.execPath, [file, ...args], { cwd: options.cwd, env })
  return running(child, (signal) => child.kill(signal))
}

/** Starts a command as a terminal does: a signal goes to it and to all that it has started. */
export function startCommand(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string | undefined>> },
): RunningProgram {
  const child = spawn(command, [...args], { ...options, detached: true })
  return running(child, (signal) => process.kill(-(child.pid ?? 0), signal))
}

function running(child: ChildProcess, kill: (signal: NodeJS.Signals) => void): RunningProgram {
  const output = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk) => {
      output[name] += chunk
      for (const listener of listeners) listener()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }) as ProgramEnd)
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) kill(signal)
    return ended
  }
  return {
    pid: child.pid ?? 0,
    output,
    ended,
    stop,
    async printed(text, withinMs = 20_000) {
      const timer = AbortSignal.timeout(withinMs)
      await new Promise<void>((resolve, reject) => {
        const look = () => {
          if (output.stdout.includes(text) || output.stderr.includes(text)) resolve()
        }
        const fail = (how: string) => reject(new Error(`${how} without printing "${text}": ${JSON.stringify(output)}`))
        timer.addEventListener('abort', () => fail(`${withinMs} ms have passed`))
        void ended.then(() => fail('it ended'))
        listeners.add(look)
        look()
      })
    },
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL')
    },
  }
}
