import type { HookContext, UserInfo } from '@ensign/apimachinery'

/** What a write knows of the request it belongs to. */
export interface RequestContext extends HookContext {
  readonly user: UserInfo
  readonly dryRun: boolean
  /** Empty for the resource itself. */
  readonly subresource: string
}

export interface DeletePreconditions {
  readonly uid?: string
  readonly resourceVersion?: string
}

/** What a DELETE asks for. Source: metav1.DeleteOptions. */
export interface DeleteRequest {
  readonly gracePeriodSeconds?: number
  readonly preconditions?: DeletePreconditions
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly orphanDependents?: boolean
}
