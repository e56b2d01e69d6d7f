/** Which objects of a type a list or a watch is about: namespace, name, label and field selectors in one predicate. */
import {
  type AnyResourceDefinition,
  badRequest,
  type FieldTerm,
  type KubeObject,
  type LabelMatcher,
  parseFieldSelector,
  parseLabelSelector,
  shownAs,
} from '@ensign/apimachinery'
import type { CachedObject } from './cached-object.ts'

export interface Selection {
  /** Undefined: all namespaces. Empty for cluster-scoped types. */
  readonly namespace: string | undefined
  /** At most the object of this name. */
  readonly name?: string
  /**
   * Only objects that take part in ownership: those with owners, and those that are being deleted. A watch tells of
   * every object that goes, too, since it may have been an owner.
   */
  readonly relationsOnly?: true
  /** Undefined when the rest says it all. */
  readonly matches?: (object: Readonly<KubeObject>) => boolean
}

export function selectionOf(
  definition: AnyResourceDefinition,
  {
    namespace,
    labelSelector,
    fieldSelector,
    relationsOnly,
  }: {
    namespace: string | undefined
    labelSelector?: string
    fieldSelector?: string
    relationsOnly?: boolean
  },
): Selection {
  const labels = parseLabelSelector(labelSelector)
  const terms = parseFieldSelector(fieldSelector)
  for (const { field } of terms) checkFieldLabel(definition, field)
  let name: string | undefined
  const rest: FieldTerm[] = []
  for (const term of terms) {
    if (term.equal && term.field === 'metadata.name' && name === undefined) name = term.value
    else rest.push(term)
  }
  const matches = predicate(definition, labels, rest)
  return {
    namespace: definition.namespaced ? namespace : '',
    ...(name !== undefined && { name }),
    ...(matches && { matches }),
    ...(relationsOnly && { relationsOnly }),
  }
}

/** Whether objects are left out for more than where they are and what they are called. */
export const isFiltered = ({ matches, relationsOnly }: Selection): boolean =>
  matches !== undefined || relationsOnly === true

export function selects({ namespace, name, matches, relationsOnly }: Selection, object: CachedObject): boolean {
  return (
    (namespace === undefined || object.namespace === namespace) &&
    (name === undefined || object.name === name) &&
    (!relationsOnly || hasRelations(object)) &&
    (matches === undefined || matches(object.object))
  )
}

/** Told from the text, so that nothing is parsed for it: inside of a string these quotes would be escaped. */
export const hasRelations = ({ stored }: CachedObject): boolean =>
  stored.includes('"ownerReferences":') || stored.includes('"deletionTimestamp":')

function checkFieldLabel(definition: AnyResourceDefinition, field: string): void {
  if (
    field === 'metadata.name' ||
    field === 'metadata.namespace' ||
    (definition.fields && Object.hasOwn(definition.fields, field))
  )
    return
  // Kinds with a conversion table of their own have another text than those on the default one.
  // Source: apimachinery pkg/runtime/conversion.go, DefaultMetaV1FieldSelectorConversion
  throw badRequest(
    definition.fields
      ? `field label not supported: ${field}`
      : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )
}

function predicate(
  definition: AnyResourceDefinition,
  labels: LabelMatcher | undefined,
  terms: readonly FieldTerm[],
): Selection['matches'] {
  if (!labels && terms.length === 0) return undefined
  const fieldValue = (object: Readonly<KubeObject>, field: string): string => {
    if (field === 'metadata.name') return object.metadata.name ?? ''
    if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
    return definition.fields?.[field]?.(object) ?? ''
  }
  const isSelected = (object: Readonly<KubeObject>): boolean =>
    terms.every((t) => (fieldValue(object, t.field) === t.value) === t.equal)
  return (stored) =>
    (!labels || labels(stored.metadata.labels)) && (terms.length === 0 || isSelected(shownAs(definition, stored)))
}
