import type { KubeObject } from '@ensign/apimachinery'
import type { Source } from './controller.ts'
import { type ReflectorOptions, reflect } from './reflector.ts'

/**
 * Tells what goes of a resource, and keeps no copy of it: for those to whom a hundred thousand objects matter only when
 * they end.
 *
 * @param keysOf keys that an object stood for, from its metadata
 * @param doubtful keys that are to be looked at when something may have gone that nobody told of
 */
export function onRemoval(
  options: ReflectorOptions,
  keysOf: (object: Readonly<KubeObject>) => readonly string[],
  doubtful: () => readonly string[],
): Source {
  return {
    whenSynced: async () => {},
    start(enqueue) {
      const stopping = new AbortController()
      const sink = {
        listing() {},
        put() {},
        listed() {
          for (const key of doubtful()) enqueue(key)
        },
        remove(object: KubeObject) {
          for (const key of keysOf(object)) enqueue(key)
        },
      }
      void reflect({ ...options, metadataOnly: true, relationsOnly: true }, sink, stopping.signal)
      return () => stopping.abort()
    },
  }
}
