import type { DeleteOptions, KubeObject } from '@ensign/apimachinery'

/** A resource in one version, as a URL names it. */
export interface ResourceRef {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** Plural name. */
  readonly resource: string
}

/** What a call is about. */
export interface Target extends ResourceRef {
  /** Absent for cluster-scoped objects, and for all namespaces in lists and watches. */
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

export interface Selection {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Only objects with owners and those that are being deleted; of a watch, also whatever goes. */
  readonly relationsOnly?: boolean
}

/** How much of an object is wanted. */
export interface Extent {
  /** Nothing but the metadata: what is read is a PartialObjectMetadata. */
  readonly metadataOnly?: boolean
}

export interface ObjectList {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items: readonly KubeObject[]
}

export interface ObjectEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: KubeObject
}

export interface DiscoveredResource extends ResourceRef {
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
}

/**
 * The API as a controller sees it. Every call has a deadline and throws StatusError, also when the server cannot be reached
 * (`ServiceUnavailable`, `Timeout`; a write that ends so may have happened).
 */
export interface ApiClient {
  get(target: Target, options?: Extent): Promise<KubeObject>
  list(
    target: Target,
    options?: Selection &
      Extent & {
        readonly limit?: number
        readonly continueToken?: string
        readonly resourceVersion?: string
      },
  ): Promise<ObjectList>
  /**
   * Events after `resourceVersion`, bookmarks among them. Ends when the server's time for a watch is over or the signal
   * aborts; throws StatusError `Expired` when the revision is too old.
   */
  watch(
    target: Target,
    options: Selection & Extent & { readonly resourceVersion: string; readonly signal: AbortSignal },
  ): AsyncIterable<ObjectEvent>
  create(target: Target, object: object): Promise<KubeObject>
  update(target: Target, object: object): Promise<KubeObject>
  patch(target: Target, contentType: PatchType, patch: object): Promise<KubeObject>
  /** Server-side apply: `object` holds the fields that `fieldManager` wants, and it gives up the others that it owned. */
  apply(target: Target, object: object, options: ApplyOptions): Promise<KubeObject>
  /** The last state of the object, or a Status. */
  delete(target: Target, options?: DeleteOptions): Promise<unknown>
  deleteCollection(target: Target, options?: Selection & { readonly options?: DeleteOptions }): Promise<unknown>
  discover(): Promise<readonly DiscoveredResource[]>
}

export interface ApplyOptions {
  readonly fieldManager: string
  /** Takes fields over that others own; else a conflict is thrown. */
  readonly force?: boolean
}

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
