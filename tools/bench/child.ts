/** Helper programs of the benchmarks, each a process of its own so that it does not share a thread with what it measures. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { endWithUs } from './orphans.ts'
import { settings } from './settings.ts'

export interface Helper<Message> extends AsyncDisposable {
  readonly pid: number
  send(message: object): void
  /** The next message; rejects when the process ends or says nothing for `patienceMs`. */
  next(): Promise<Message>
}

/** @param file beside this one. */
export function startHelper<Message>(file: string, input: object): Helper<Message> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child: ChildProcess = fork(path, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const arrived: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  child.on('message', (message) => {
    const take = waiting.shift()
    if (take) take(message as Message)
    else arrived.push(message as Message)
  })
  const ended = once(child, 'exit')
  if (child.pid !== undefined) void ended.then(endWithUs(child.pid))
  child.send(input)
  return {
    pid: child.pid ?? 0,
    send: (message) => {
      child.send(message)
    },
    async next() {
      const message = arrived.shift()
      if (message !== undefined) return message
      const { promise, resolve, reject } = Promise.withResolvers<Message>()
      waiting.push(resolve)
      const timer = setTimeout(() => reject(new Error(`${file} says nothing`)), settings.patienceMs)
      void ended.then(([code]) => reject(new Error(`${file} ended with ${code}`)))
      return promise.finally(() => clearTimeout(timer))
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await ended
    },
  }
}

/** In a helper: the first message is its input. */
export async function helperInput<Input>(): Promise<Input> {
  const [input] = await once(process, 'message')
  return input as Input
}

/** In a helper: ends with the process that started it. */
export function tell(message: object): void {
  process.send?.(message)
}
