/** Everything that is served, found by group, version and name. */
import { type AnyResourceDefinition, apiVersionOf, isVirtual, type MessageSchema } from '@ensign/apimachinery'
import type { Resource } from '@ensign/registry'
import { createRepresentations, type Representations } from './representations.ts'

export interface Served {
  readonly definition: AnyResourceDefinition
  /** Absent for kinds of which nothing is stored, such as reviews. */
  readonly resource: Resource | undefined
  readonly representations: Representations
}

/** A kind of which there is something to read; reading anything else is refused before. */
export type Stored = Served & { readonly resource: Resource }

export class ResourceSet {
  readonly #served = new Map<string, Served>()
  readonly #versions: { group: string; version: string }[] = []

  /** In the order in which discovery lists them. */
  constructor(entries: readonly { definition: AnyResourceDefinition; resource?: Resource }[]) {
    for (const { definition, resource } of entries) {
      if (!resource && !isVirtual(definition))
        throw new Error(`${definition.plural} is served from a store, but has none`)
      const { group, version, plural } = definition
      this.#served.set(`${group}/${version}/${plural}`, {
        definition,
        resource,
        representations: createRepresentations(definition),
      })
      if (!this.#versions.some((v) => v.group === group && v.version === version))
        this.#versions.push({ group, version })
    }
  }

  find(group: string, version: string, plural: string): Served | undefined {
    return this.#served.get(`${group}/${version}/${plural}`)
  }

  /** Groups and versions in their order; the first version of a group is the preferred one. */
  get versions(): readonly { group: string; version: string }[] {
    return this.#versions
  }

  hasVersion(group: string, version: string): boolean {
    return this.#versions.some((v) => v.group === group && v.version === version)
  }

  /** The schema of a kind; undefined when it is not served. */
  schemaOf(apiVersion: string, kind: string): MessageSchema | undefined {
    return this.all.find(({ definition: d }) => d.kind === kind && apiVersionOf(d) === apiVersion)?.definition.schema
  }

  of(group: string, version: string): readonly Served[] {
    return [...this.#served.values()].filter(
      ({ definition: d }) => apiVersionOf(d) === apiVersionOf({ group, version }),
    )
  }

  get all(): readonly Served[] {
    return [...this.#served.values()]
  }
}
