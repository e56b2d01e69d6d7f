/** Reads the aggregated discovery document. Source: k8s.io/api apidiscovery/v2 types.go */
import type { Resource } from '../generated/ensign/objects/v1/objects.ts'

interface AggregatedDiscovery {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string }
    readonly versions: readonly {
      readonly version: string
      readonly resources?: readonly {
        readonly resource: string
        readonly scope: string
        readonly responseKind: { readonly kind: string }
        readonly verbs: readonly string[]
      }[]
    }[]
  }[]
}

export function resourcesOf({ items }: AggregatedDiscovery): Resource[] {
  return items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource, scope, responseKind, verbs }) => ({
        group: metadata?.name ?? '',
        version,
        resource,
        kind: responseKind.kind,
        namespaced: scope === 'Namespaced',
        verbs: [...verbs],
      })),
    ),
  )
}
