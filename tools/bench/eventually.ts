import { setTimeout as delay } from 'node:timers/promises'
import { settings } from './settings.ts'

/** Asks every few milliseconds until the answer is there; throws the last reason when `patienceMs` is over. */
export async function eventually<T>(ask: () => Promise<T | undefined | false>, everyMs = 2): Promise<T> {
  const deadline = performance.now() + settings.patienceMs
  for (;;) {
    let reason: unknown = new Error('nothing came of waiting')
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      reason = error
    }
    if (performance.now() > deadline) throw reason
    await delay(everyMs)
  }
}
