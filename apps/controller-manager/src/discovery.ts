import type { ApiClient, DiscoveredResource } from '@ensign/controller'
import type { Clock } from '@ensign/process'

/** What is served changes rarely, and two hundred namespaces that are deleted at once need not ask two hundred times. */
const keepMs = 5000

/** The discovery of the API server, remembered for a moment and asked for once by all who want it together. */
export function rememberedDiscovery(client: ApiClient, clock: Clock): () => Promise<readonly DiscoveredResource[]> {
  let asked: { readonly at: number; readonly answer: Promise<readonly DiscoveredResource[]> } | undefined
  return () => {
    const now = clock.now()
    if (!asked || now - asked.at >= keepMs) {
      const answer = client.discover()
      const current = { at: now, answer }
      asked = current
      // A failure is told to those who wait for it and to nobody after them.
      answer.catch(() => {
        if (asked === current) asked = undefined
      })
    }
    return asked.answer
  }
}
