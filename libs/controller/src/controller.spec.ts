import { StatusError } from '@ensign/apimachinery'
import { expect, test } from 'vitest'
import { type ControllerOptions, controller, ignore } from './controller.ts'
import { ManualTimers } from './testing/manual-timers.ts'
import { createWorkQueue } from './work-queue.ts'

/** A controller with one source that the test feeds. */
function start(options: Pick<ControllerOptions, 'reconcile' | 'workers' | 'retriesMax'>) {
  const timers = new ManualTimers()
  const abort = new AbortController()
  let enqueue: (key: string) => void = () => {}
  const started = Promise.withResolvers<void>()
  const running = controller({
    name: 'test',
    sources: [
      {
        whenSynced: async () => {},
        start(add) {
          enqueue = add
          started.resolve()
          return () => {}
        },
      },
    ],
    createQueue: () => createWorkQueue({ timers }),
    ...options,
  }).run(abort.signal)
  return {
    timers,
    running,
    started: started.promise,
    enqueue: (key: string) => enqueue(key),
    stop: () => abort.abort(),
  }
}

/** Lets everything that is ready to run do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('a key that is done is not worked on again until something happens', async () => {
  const seen: string[] = []
  const { started, enqueue, stop, running } = start({
    async reconcile(key) {
      seen.push(key)
    },
  })
  await started
  for (const key of ['a', 'b', 'b']) enqueue(key)
  await settle()
  expect(seen).toEqual(['a', 'b'])
  enqueue('a')
  await settle()
  expect(seen).toEqual(['a', 'b', 'a'])
  stop()
  await running
})

test('a key that waits for time comes back when its time has come', async () => {
  let calls = 0
  const { started, enqueue, timers, stop, running } = start({
    async reconcile() {
      calls++
      return calls === 1 ? { requeueAfterMs: 500 } : undefined
    },
  })
  await started
  enqueue('a')
  await settle()
  expect(timers.next).toBe(500)
  timers.advance(500)
  await settle()
  expect(calls).toBe(2)
  expect(timers.next).toBeUndefined()
  stop()
  await running
})

test('a key that fails comes back later and later, until it is given up', async () => {
  let calls = 0
  const { started, enqueue, timers, stop, running } = start({
    retriesMax: 3,
    async reconcile() {
      calls++
      throw new Error('no')
    },
  })
  await started
  enqueue('a')
  const waits: (number | undefined)[] = []
  for (let i = 0; i < 4; i++) {
    await settle()
    waits.push(timers.next)
    timers.advance(1000)
  }
  expect(waits).toEqual([5, 10, 20, undefined])
  expect(calls).toBe(4)
  stop()
  await running
})

test('stopping waits for what was begun and begins nothing new', async () => {
  const gate = Promise.withResolvers<void>()
  const finished: string[] = []
  const { started, enqueue, stop, running } = start({
    workers: 2,
    async reconcile(key) {
      await gate.promise
      finished.push(key)
    },
  })
  await started
  for (const key of ['a', 'b', 'c']) enqueue(key)
  await settle()
  stop()
  let over = false
  const end = running.then(() => {
    over = true
  })
  await settle()
  expect(over).toBe(false)
  gate.resolve()
  await end
  expect(finished).toEqual(['a', 'b'])
})

test('an error is ignored by its reason or by a cause in its details, and by nothing else', () => {
  const exists = new StatusError('AlreadyExists', 'x')
  const terminating = new StatusError('Forbidden', 'x', { causes: [{ reason: 'NamespaceTerminating' }] })
  expect(ignore(exists, 'AlreadyExists')).toBeUndefined()
  expect(ignore(terminating, 'AlreadyExists', 'NamespaceTerminating')).toBeUndefined()
  expect(() => ignore(terminating, 'AlreadyExists')).toThrow(terminating)
  const other = new Error('AlreadyExists')
  expect(() => ignore(other, 'AlreadyExists')).toThrow(other)
})
