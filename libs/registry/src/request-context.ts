import type { HookContext, Int64, UserInfo } from '@ensign/apimachinery'

/** What a write knows of the request it belongs to. */
export interface RequestContext extends HookContext {
  readonly user: UserInfo
  readonly dryRun: boolean
  /** Empty for the resource itself. */
  readonly subresource: string
  /**
   * Comes to own what the write changes; empty is `unknown`. Absent when the write brings `metadata.managedFields` as it
   * is to be: an apply has worked it out, and a plane's own step in somebody's name leaves it alone.
   */
  readonly fieldManager?: string
}

export interface DeletePreconditions {
  readonly uid?: string
  readonly resourceVersion?: string
}

/** What a DELETE asks for. Source: metav1.DeleteOptions. */
export interface DeleteRequest {
  readonly gracePeriodSeconds?: Int64
  readonly preconditions?: DeletePreconditions
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly orphanDependents?: boolean
}
