/**
 * Subresources of the core group that lead out of the API.
 * Source: kubernetes/kubernetes pkg/registry/core/{pod,service,node}/rest
 */
import type { ConnectSubresource, MessageSchema, Verb } from '@ensign/apimachinery'

export const connection = (kind: string, options: MessageSchema, verbs: readonly Verb[]): ConnectSubresource => ({
  group: '',
  version: 'v1',
  kind,
  options,
  verbs,
})

/** With any method, to any path behind it. */
export const proxying = (kind: string, options: MessageSchema): ConnectSubresource => ({
  ...connection(kind, options, ['create', 'delete', 'get', 'patch', 'update']),
  anyPath: true,
})
