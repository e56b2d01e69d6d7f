/**
 * What the server must know of one kind to serve it. One such object is one file in libs/api; the registry runs the
 * hooks in upstream's order: mutating admission, prepare, validate, validating admission, commit.
 * Hooks are pure and return the object; an absent hook changes nothing.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update}_strategy.go
 */
import type { Moment } from './duration.ts'
import type { FieldError } from './field-error.ts'
import type { Changeable } from './field-set-filter.ts'
import type { Int64 } from './int64.ts'
import type { KindVersion } from './managed-fields-update.ts'
import { isDns1123Subdomain, type NameRule } from './names.ts'
import type { KubeObject } from './object-meta.ts'
import type { MessageSchema } from './schema.ts'
import type { UserInfo } from './user.ts'

export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const
export type Verb = (typeof allVerbs)[number]

/** What hooks may know of the request; never of the store. */
export interface HookContext {
  readonly user: UserInfo
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Adds a `Warning` header to the answer. */
  warn(text: string): void
}

export interface Column<T> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date' | 'boolean' | 'number'
  readonly format?: string
  readonly description?: string
  /** 0 is always shown, 1 only in wide output. */
  readonly priority?: number
  /** Depends on nothing but the object, and on time by `at.age` alone: so it is known how long the text holds. */
  cell(object: T, at: Moment): string | number | boolean | null
}

/** Condition of a table row, e.g. that a pod has completed. */
export interface RowCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

/** Another view of the same stored object, such as `status`. */
export interface ViewSubresource<T> extends Changeable {
  readonly kind?: undefined
  readonly verbs: readonly ('get' | 'patch' | 'update')[]
  /** What of `next` may replace what of `old`. */
  prepareForUpdate(next: T, old: T, context: HookContext): T
  validateUpdate?(next: T, old: T): FieldError[]
  /** In place of the kind's own. */
  warnings?(object: T, old?: T): string[]
}

/** A subresource with a kind of its own that does something, such as `serviceaccounts/token`. Its code is the app's to give. */
export interface ActionSubresource {
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly schema: MessageSchema
  /** Versions of before that said the same. */
  readonly olderVersions?: readonly string[]
  readonly verbs: readonly 'create'[]
}

/**
 * A subresource that leads out of the API, such as `pods/exec`, or is read as something that is no object, such as
 * `pods/log`. Its code is the app's to give.
 */
export interface ConnectSubresource {
  /** What discovery says of it. */
  readonly kind: string
  readonly group: string
  readonly version: string
  /** Of what the query says. */
  readonly options: MessageSchema
  readonly verbs: readonly Verb[]
  /** Whatever stands behind it in the path is meant for whoever it leads to. */
  readonly anyPath?: true
}

export type Subresource<T> = ViewSubresource<T> | ActionSubresource | ConnectSubresource

/** Objects of another kind shown as objects of this one: one store, one cache, converted where they come and go. */
export interface Conversion<T> {
  /** The kind that is stored. */
  readonly stored: AnyResourceDefinition
  /** The result shares its parts with `stored`, and begins with kind and apiVersion. */
  fromStored(stored: Readonly<KubeObject>): T
  toStored(object: T): KubeObject
}

export interface ResourceDefinition<T extends KubeObject = KubeObject> extends Changeable {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly namespaced: boolean
  readonly schema: MessageSchema
  /** Errors may not repeat what an object holds. */
  readonly confidential?: true
  /** All eight unless given. `['create']` alone is a review: nothing is stored. */
  readonly verbs?: readonly Verb[]
  /** Present where nothing is stored as this kind, but as another. */
  readonly conversion?: Conversion<T>
  /** The forms in which other clients may own fields of the same objects. */
  readonly otherVersions?: readonly KindVersion[]
  /** A lowercase RFC 1123 subdomain unless given. */
  readonly nameRule?: NameRule
  /** A name may hold what a path segment may not be given as by default (RBAC names with colons are fine either way). */
  readonly createOnUpdate?: boolean
  /** PUT without a resourceVersion replaces whatever is there. True unless given. */
  readonly unconditionalUpdate?: boolean

  /** Fills defaults after decoding, on every write and on what is read from the store in an older form. */
  defaults?(object: T): T
  /** Last change before a write is checked, once the object has its name. */
  canonicalize?(object: T): T
  /** Runs after mutating admission, before validation: clears what a client may not set. */
  prepareForCreate?(object: T, context: HookContext): T
  prepareForUpdate?(next: T, old: T, context: HookContext): T
  /** Everything but ObjectMeta, which the registry checks itself. */
  validate?(object: T): FieldError[]
  /** After ObjectMeta's own checks; `validate` is not called for updates. */
  validateUpdate?(next: T, old: T): FieldError[]
  /** Texts for Warning headers of a write; `old` is absent on create. */
  warnings?(object: T, old?: T): string[]
  /** Seconds between deletionTimestamp and the end, when the kind dies gracefully; 0 is at once. */
  gracePeriodSeconds?(object: T, requested: Int64 | undefined): Int64
  /** Changes beside deletionTimestamp when an object is marked for deletion. */
  markDeleted?(object: T): T
  /** What a DELETE that removes answers with: a Status unless this says the object. */
  readonly answersDeletedObject?: true
  /** The first DELETE only marks, whatever holds the object or not, and there is no grace. Namespaces end so. */
  readonly deletedInStages?: true
  /** False while something beside metadata.finalizers keeps a deleted object, e.g. a namespace's spec.finalizers. */
  readyToRemove?(object: T): boolean
  /** True when the change between the two bumps metadata.generation; absent for kinds without one. */
  specChanged?(next: T, old: T): boolean

  /** Said in a Warning header of every answer about the kind. */
  readonly deprecation?: string
  readonly columns?: readonly Column<T>[]
  rowConditions?(object: T): readonly RowCondition[]
  /** Field labels beside metadata.name and metadata.namespace, and how to read them. */
  readonly fields?: Readonly<Record<string, (object: T) => string>>
  readonly subresources?: Readonly<Record<string, Subresource<T>>>
}

/** Declares a kind; the type parameter lets hooks do without casts. */
export const defineResource = <T extends KubeObject>(definition: ResourceDefinition<T>): ResourceDefinition<T> =>
  definition

/** A definition whose object type does not matter to the caller. Hooks are only ever handed objects of their own schema. */
// biome-ignore lint/suspicious/noExplicitAny: a heterogeneous list of definitions has no common object type
export type AnyResourceDefinition = ResourceDefinition<any>

export const nameRuleOf = (definition: AnyResourceDefinition): NameRule => definition.nameRule ?? isDns1123Subdomain
export const verbsOf = (definition: AnyResourceDefinition): readonly Verb[] => definition.verbs ?? allVerbs
export const apiVersionOf = ({ group, version }: { group: string; version: string }): string =>
  group ? `${group}/${version}` : version
/** Nothing of such a kind is stored: a request is answered and forgotten. */
export const isVirtual = (definition: AnyResourceDefinition): boolean => !verbsOf(definition).includes('list')

/** A stored object as an object of `definition`'s kind: itself, unless that kind is another view of what is stored. */
export const shownAs = (definition: AnyResourceDefinition, stored: Readonly<KubeObject>): Readonly<KubeObject> =>
  definition.conversion?.fromStored(stored) ?? stored
