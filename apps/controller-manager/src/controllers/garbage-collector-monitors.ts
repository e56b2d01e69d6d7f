/**
 * Feeds the graph: follows the metadata of everything that can be deleted and takes part in ownership, and of whatever
 * goes, and keeps no copy of it.
 * Source: kubernetes/kubernetes pkg/controller/garbagecollector/{garbagecollector,graph_builder}.go (Sync, syncMonitors)
 */
import {
  type ApiClient,
  type DiscoveredResource,
  pause,
  type ReflectorSink,
  realTimers,
  reflect,
  type Source,
} from '@ensign/controller'
import { errorMessage, type Logger } from '@ensign/process'
import type { DependencyGraph } from './garbage-collector-graph.ts'
import { apiVersionOf } from './garbage-collector-objects.ts'

/** How often it is asked what is served. Source: cmd/kube-controller-manager/app/core.go, the period of Sync */
const discoverMs = 30_000
/** How long to wait when that cannot be found out. */
const retryMs = 1000
const verbs = ['delete', 'list', 'watch']

/**
 * @param signal ends all of it
 * @returns a source that is synced when everything has been seen once
 */
export function monitors(
  deps: {
    readonly client: ApiClient
    readonly discover: () => Promise<readonly DiscoveredResource[]>
    readonly graph: DependencyGraph
    readonly log: Logger
  },
  signal: AbortSignal,
): Source {
  const { client, discover, graph, log } = deps
  const running = new Map<string, { readonly stop: AbortController; readonly synced: Promise<void> }>()
  const allSynced = keepUp()

  /** Resolves when everything that is served at first is known, and goes on from there. */
  async function keepUp(): Promise<void> {
    while (!(await adjust())) await pause(realTimers, retryMs, signal)
    await Promise.all([...running.values()].map(({ synced }) => synced))
    void repeat()
  }

  async function repeat(): Promise<void> {
    while (!signal.aborted) {
      await pause(realTimers, discoverMs, signal)
      await adjust()
    }
  }

  /** Follows what is served now. Tells whether that could be found out. */
  async function adjust(): Promise<boolean> {
    if (signal.aborted) return true
    let served: readonly DiscoveredResource[]
    try {
      served = deletable(await discover())
    } catch (error) {
      log.warn('Cannot find out what is served, trying again', { error: errorMessage(error) })
      return false
    }
    const names = new Set(served.map(nameOf))
    for (const [name, { stop }] of running) {
      if (names.has(name)) continue
      stop.abort()
      running.delete(name)
    }
    for (const resource of served) if (!running.has(nameOf(resource))) running.set(nameOf(resource), follow(resource))
    return true
  }

  function follow(resource: DiscoveredResource): { stop: AbortController; synced: Promise<void> } {
    const stop = new AbortController()
    const ended = AbortSignal.any([stop.signal, signal])
    const synced = Promise.withResolvers<void>()
    ended.addEventListener('abort', () => synced.resolve())
    const kind = { apiVersion: apiVersionOf(resource), kind: resource.kind }
    /** What a list has shown, of what is in the graph. */
    let seen = new Set<string>()
    const sink: ReflectorSink = {
      listing() {
        seen = new Set()
      },
      put({ metadata }) {
        graph.observe(kind, metadata)
        if (metadata.uid && graph.get(metadata.uid)) seen.add(metadata.uid)
      },
      remove({ metadata }) {
        graph.remove(kind, metadata)
      },
      listed() {
        graph.doubt(kind, seen)
        seen = new Set()
        synced.resolve()
      },
    }
    void reflect({ client, resource, metadataOnly: true, relationsOnly: true, log }, sink, ended)
    return { stop, synced: synced.promise }
  }

  // What there is to do goes to the queue as the graph finds it.
  return { whenSynced: () => allSynced, start: () => () => {} }
}

/** Each resource once, in the version that its group prefers. Events own nothing and are owned by nobody. */
function deletable(served: readonly DiscoveredResource[]): DiscoveredResource[] {
  const seen = new Set<string>()
  return served.filter((resource) => {
    const name = `${resource.group}/${resource.resource}`
    if (resource.resource === 'events' || seen.has(name)) return false
    seen.add(name)
    return verbs.every((verb) => resource.verbs.includes(verb))
  })
}

const nameOf = ({ group, version, resource }: DiscoveredResource): string => `${group}/${version}/${resource}`
