/**
 * Deletes what is in a namespace: pods first, then everything else that can be deleted.
 * Source: kubernetes/kubernetes pkg/controller/namespace/deletion/namespaced_resources_deleter.go
 */
import type { Pod } from '@ensign/api'
import { StatusError } from '@ensign/apimachinery'
import type { ApiClient, DiscoveredResource, ObjectList } from '@ensign/controller'
import type { Findings } from './namespace-conditions.ts'

/** Seconds that an object with a finalizer is given. Source: namespaced_resources_deleter.go, finalizerEstimateSeconds. */
const finalizerSeconds = 15

export interface ContentRound {
  readonly findings: Findings
  /** Whether nothing is left and nothing failed. */
  readonly empty: boolean
  /** Seconds until it is worth looking again; 0 when no guess can be made. */
  readonly estimateSeconds: number
}

export interface Content {
  /** One round. Never fails: what fails is among the findings. */
  delete(namespace: string, deletedAtMs: number): Promise<ContentRound>
}

export function namespaceContent(deps: {
  readonly client: ApiClient
  /** What is served. */
  readonly discover: () => Promise<readonly DiscoveredResource[]>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}): Content {
  const { client, now } = deps
  return { delete: (namespace, deletedAtMs) => deleteContent(namespace, deletedAtMs) }

  async function deleteContent(namespace: string, deletedAtMs: number): Promise<ContentRound> {
    const tally = new Tally()
    let served: readonly DiscoveredResource[] = []
    try {
      served = deletable(await deps.discover())
    } catch (error) {
      tally.discoveryError = textOf(error)
    }
    const pods = served.find(isPods)
    if (pods) {
      await deleteResource(tally, pods, namespace, deletedAtMs)
      // Whatever a pod may still need, its account and Secrets above all, outlives it.
      if (tally.remaining.size > 0) return tally.round(false)
    }
    const others = served.filter((resource) => !isPods(resource))
    await Promise.all(others.map((resource) => deleteResource(tally, resource, namespace, deletedAtMs)))
    return tally.round(true)
  }

  async function deleteResource(
    tally: Tally,
    resource: DiscoveredResource,
    namespace: string,
    deletedAtMs: number,
  ): Promise<void> {
    const target = { group: resource.group, version: resource.version, resource: resource.resource, namespace }
    const canList = resource.verbs.includes('list')
    try {
      // Most namespaces hold next to nothing, so looking first saves most of the deleting.
      const before = canList ? await client.list(target) : undefined
      if (before?.items.length === 0) return
      const podSeconds = isPods(resource) && before ? graceSeconds(before, now() - deletedAtMs) : 0
      tally.estimate(podSeconds)
      if (resource.verbs.includes('deletecollection')) {
        await client.deleteCollection(target, { options: { propagationPolicy: 'Background' } })
      } else {
        for (const { metadata } of before?.items ?? []) {
          await client
            .delete({ ...target, name: metadata.name ?? '' }, { propagationPolicy: 'Background' })
            .catch(ignoreGone)
        }
      }
      if (!canList) return
      const after = await client.list(target)
      if (after.items.length === 0) return
      const finalizers = tally.remains(resource, after)
      if (podSeconds > 0) return
      if (finalizers > 0) tally.estimate(finalizerSeconds)
      else throw new Error(`unexpected items still remain in namespace: ${namespace} for gvr: ${gvrText(resource)}`)
    } catch (error) {
      tally.errors.push(
        isPods(resource) ? `failed to delete pods for namespace: ${namespace}, err: ${textOf(error)}` : textOf(error),
      )
    }
  }
}

/** The results of one round as they come in. */
class Tally {
  discoveryError: string | undefined
  readonly errors: string[] = []
  readonly remaining = new Map<string, number>()
  readonly #finalizers = new Map<string, number>()
  #estimateSeconds = 0

  estimate(seconds: number): void {
    this.#estimateSeconds = Math.max(this.#estimateSeconds, seconds)
  }

  /** Takes note of what was not deleted. Tells how many finalizers hold it. */
  remains({ resource, group }: DiscoveredResource, { items }: ObjectList): number {
    this.remaining.set(`${resource}.${group}`, items.length)
    const finalizers = items.flatMap(({ metadata }) => metadata.finalizers ?? [])
    for (const finalizer of finalizers) this.#finalizers.set(finalizer, (this.#finalizers.get(finalizer) ?? 0) + 1)
    return finalizers.length
  }

  round(complete: boolean): ContentRound {
    const { discoveryError, errors, remaining } = this
    return {
      findings: {
        contentErrors: errors,
        ...(discoveryError !== undefined && { discoveryError }),
        ...(complete && { remaining: { resources: remaining, finalizers: this.#finalizers } }),
      },
      empty: remaining.size === 0 && errors.length === 0 && discoveryError === undefined,
      estimateSeconds: this.#estimateSeconds,
    }
  }
}

/** Each resource once, in the version that its group prefers. */
function deletable(served: readonly DiscoveredResource[]): DiscoveredResource[] {
  const seen = new Set<string>()
  return served.filter(({ group, resource, namespaced, verbs }) => {
    const name = `${group}/${resource}`
    if (!namespaced || !verbs.includes('delete') || seen.has(name)) return false
    seen.add(name)
    return true
  })
}

const isPods = ({ group, resource }: DiscoveredResource): boolean => group === '' && resource === 'pods'

/** Seconds until the last pod must have ended by itself; 0 when that time is over. */
function graceSeconds({ items }: ObjectList, passedMs: number): number {
  const running = (items as readonly Pod[]).filter(
    ({ status }) => !['Succeeded', 'Failed'].includes(status?.phase ?? ''),
  )
  const longest = Math.max(0, ...running.map(({ spec }) => Number(spec?.terminationGracePeriodSeconds ?? 0)))
  return passedMs >= longest * 1000 ? 0 : longest
}

const gvrText = ({ group, version, resource }: DiscoveredResource): string =>
  `${group}/${version}, Resource=${resource}`

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function ignoreGone(error: unknown): void {
  if (!(error instanceof StatusError && ['NotFound', 'MethodNotAllowed'].includes(error.reason))) throw error
}
